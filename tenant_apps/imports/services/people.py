"""Sellers, their leads and their teams."""

import re
import unicodedata
from itertools import count
from pathlib import Path
from uuid import UUID

from tenant_apps.access.services import assign_role_by_program
from tenant_apps.accounts.selectors import find_person_by_email, find_person_by_external_id
from tenant_apps.accounts.services import NewPerson, invite_person
from tenant_apps.imports.importer import ACTOR
from tenant_apps.imports.reading import BadRow, read_lines
from tenant_apps.imports.rows import TEAM_COLUMNS, AgentRow, hash_of, parse_agent
from tenant_apps.imports.services.work import NOT_MADE, Outline, Parsed, Work
from tenant_apps.teams.selectors import find_team_by_name
from tenant_apps.teams.services import NewTeam, add_member, create_team

# nobody receives mail there: RFC 2606 reserves the ending
MAIL_DOMAIN = "pipeline.invalid"
_NO_LETTER = re.compile(r"[^a-z0-9]+")


def import_people(work: Work, path: Path, outline: Outline) -> None:
    """Enter agents and managers as invited people, and a team for each manager.

    A manager leads the team that is named after them; the regional office is the team's
    description.
    """
    lines = read_lines(path, columns=TEAM_COLUMNS)
    rows = list(work.parse(lines, path, lambda line: parse_agent(line.values)))
    names = [name for each in rows for name in (each.row.name, each.row.manager)]
    known = {name: row.object_id for name, row in work.known("person", names).items()}
    hashes = {row.external_id: row.content_hash for row in work.known("agent", names).values()}
    work.people.update(known)
    seen: set[str] = set()
    for each in rows:
        with work.refusing(path, each.line):
            if each.row.name in seen:
                raise BadRow(f"{each.row.name} is in the file twice.")
            seen.add(each.row.name)
            _import_agent(work, each, hashes.get(each.row.name), outline)
    _note_idle(work, path, rows, outline)


def _import_agent(
    work: Work, each: Parsed[AgentRow], imported_hash: str | None, outline: Outline
) -> None:
    agent, content = each.row, hash_of(each.row)
    if imported_hash == content:
        work.report.count("agents", "unchanged")
        return
    if imported_hash is not None:
        raise BadRow(f"{agent.name} was imported with another manager or office; move them here.")
    lead_id = _person(work, agent.manager, role="team_lead")
    agent_id = _person(work, agent.name, role="salesperson")
    team_id = _team(work, agent, lead_id)
    if not work.is_dry_run:
        since = outline.first_day or work.at.date()
        add_member(team_id=team_id, user_id=agent_id, valid_from=since, by=ACTOR, at=work.at)
        work.remember("agent", agent.name, content, agent_id)
    work.report.count("agents", "created")


def _person(work: Work, name: str, *, role: str) -> UUID:
    """Return the person of this name, entered with the role when an import has not met them yet."""
    if name in work.people:
        person_id = work.people[name]
    else:
        person_id = NOT_MADE if work.is_dry_run else _invite(work, name)
        work.report.count("people", "created")
    if not work.is_dry_run:
        assign_role_by_program(user_id=person_id, role=role, by=ACTOR, at=work.at)
    work.people[name] = person_id
    return person_id


def _invite(work: Work, name: str) -> UUID:
    found = find_person_by_external_id(name)
    if found is None:
        first_name, _, last_name = name.rpartition(" ")
        new = NewPerson(
            email=_free_address(name),
            first_name=first_name,
            last_name=last_name,
            external_id=name,
        )
        found = invite_person(new=new, by=ACTOR, at=work.at)
    work.remember("person", name, "", found.pk)
    return found.pk


def _free_address(name: str) -> str:
    """Return a made-up address that nobody of the organization has."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    mailbox = _NO_LETTER.sub(".", plain).strip(".")[:60] or "person"
    candidates = (f"{mailbox}{'' if n == 1 else f'-{n}'}@{MAIL_DOMAIN}" for n in count(1))
    return next(address for address in candidates if find_person_by_email(address) is None)


def _team(work: Work, agent: AgentRow, lead_id: UUID) -> UUID:
    name = f"Team {agent.manager}"
    if name in work.teams:
        return work.teams[name]
    found = find_team_by_name(name)
    if found is None:
        work.report.count("teams", "created")
        if work.is_dry_run:
            work.teams[name] = NOT_MADE
            return NOT_MADE
        office = f"Regional office: {agent.regional_office}" if agent.regional_office else ""
        new = NewTeam(name=name, description=office, lead_id=lead_id)
        found = create_team(new=new, by=ACTOR, at=work.at)
    work.teams[name] = found.pk
    return found.pk


def _note_idle(work: Work, path: Path, rows: list[Parsed[AgentRow]], outline: Outline) -> None:
    for each in rows:
        if each.row.name not in outline.agents:
            work.report.note("agent without an opportunity", file=path.name, line=each.line)

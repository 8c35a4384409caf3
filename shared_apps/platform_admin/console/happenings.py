"""What the platform's log says to operators: what happened, about whom, and who did it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from shared_apps.audit.registry import kinds_of_events
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import organizations_by_id
from shared_apps.platform_admin.console.reaction_words import REACTIONS
from shared_apps.platform_admin.console.words import Text
from tenant_apps.accounts.selectors import impersonations_by_id, people_by_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared_apps.audit.models import EventRecord

ORGANIZATION, PERSON = "organizations.organization", "accounts.user"
DELIVERY, VISIT = "audit.delivery", "accounts.impersonation"
SYSTEM = "system:"

# effects that nobody pressed a button at the console for, by the name of their actor
DOORS: Mapping[str, Text] = {
    "sign_up": _("Sign-up"),
    "find": _("Find my workspace"),
    "sign_in": _("The sign-in page"),
    "password_reset": _("Forgotten password"),
    "provisioning": _("Founding of organizations"),
}
COMMANDS = frozenset(
    {
        *("create_super_admin", "initialize_app", "migrate", "setup_permissions"),
        *("resume_organization", "suspend_organization"),
    }
)


class Worded(Protocol):
    """The words for a kind of event, as the portal has them."""

    @property
    def text(self) -> Text:
        """Return what happened."""


def event_word(name: str) -> Text:
    """Return what happened, in the words that EVENT_WORDS has for it."""
    say = cast("Callable[[str], Worded]", import_string(settings.EVENT_WORDS))
    return say(name).text


def events_saying(text: str) -> list[str]:
    """Return the names of the events in whose words a text stands, in the language at work."""
    wanted = text.casefold()
    names = (name for kind in kinds_of_events().values() for name in kind)
    return [name for name in names if wanted in str(event_word(name)).casefold()]


def reaction_word(name: str) -> Text:
    """Return what a reaction does; one that nobody has named yet as it is called."""
    return REACTIONS.get(name, name)


def actor_word(event: "EventRecord") -> Text:
    """Return who did it: a person by name, a public page or a command as such."""
    if event.actor_kind != "system":
        return event.actor_label
    name = event.actor_id.removeprefix(SYSTEM)
    if name in COMMANDS:
        return worded("Command %(name)s", name=name)
    return DOORS.get(name, _("PRS by itself"))


def subjects_of(events: Iterable["EventRecord"]) -> Mapping[UUID, str]:
    """Return what events are about, event's id -> words: at most one statement for each kind."""
    rows = list(events)
    known = {
        ORGANIZATION: _known(organizations_by_id, _ids(rows, ORGANIZATION)),
        PERSON: _known(people_by_id, {*_ids(rows, PERSON), *_named(rows)}),
        VISIT: _known(impersonations_by_id, _ids(rows, VISIT)),
    }
    return {row.pk: _about(row, known) for row in rows}


def _ids(rows: list["EventRecord"], kind: str) -> set[UUID]:
    return {row.subject_id for row in rows if row.subject_type == kind}


def _named(rows: list["EventRecord"]) -> set[UUID]:
    """Return the people whom attempts to sign in name, where the address was somebody's."""
    return {UUID(text) for row in rows if (text := row.payload.get("user_id"))}


def _known(find: "Callable[[set[UUID]], Mapping[UUID, Any]]", ids: set[UUID]) -> Mapping[UUID, Any]:
    return find(ids) if ids else {}


def _about(row: "EventRecord", known: Mapping[str, Mapping[UUID, Any]]) -> str:
    said = row.payload
    place, more = str(said.get("organization") or said.get("slug") or ""), ""
    if row.subject_type == ORGANIZATION and (found := known[ORGANIZATION].get(row.subject_id)):
        place, more = found.slug, str(said.get("domain", ""))
    elif row.subject_type == DELIVERY:
        more = str(reaction_word(str(said.get("reaction", ""))))
    elif row.subject_type == VISIT and (found := known[VISIT].get(row.subject_id)):
        more = found.person_label
    elif "search" in said:  # somebody looked for administrators
        more = str(said["search"])
    else:
        more = _person(row, known[PERSON])
    return ": ".join(part for part in (place, more) if part)


def _person(row: "EventRecord", people: Mapping[UUID, Any]) -> str:
    named = row.payload.get("user_id")
    found = people.get(UUID(named) if named else row.subject_id)
    return str(found.full_name or found.email) if found else ""

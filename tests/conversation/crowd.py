"""Fifty rows for every list: an office in which one client, one deal and one team have a crowd."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tenant_apps.clients.services import NewContact, log_contact
from tenant_apps.commissions.services import draft_version
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    DealChanges,
    NewCredit,
    NewStage,
    NewTaxRate,
    TermChanges,
    change_credit,
    create_stage,
    create_tax_rate,
    note_deal,
    reject_discount,
    request_discount,
    update_deal,
)
from tenant_apps.handovers.services import NewHandOver, plan_hand_over
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.returns.models import Kind
from tenant_apps.teams.services import NewTeam, add_member, create_team
from tests.cast import make_person
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory, flat_rate
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory, line, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.histories.office import Office, dollars
from tests.returns.stories import approve, ask, expect_again, give_up

CROWD = 50
CARD = {"method": "card", "proofs": ()}

# what stands for the first parameter of a path: "/api/business/deals/" -> the deal with a crowd
Busy = dict[str, str]


def gather(office: Office) -> Busy:
    """Fill the office; return whose sub-lists are full."""
    by, at = office.people, office.now
    client = ClientFactory(by=by["sam"], at=at)
    _times(lambda n: ClientFactory(by=by["sam"], at=at))
    contact = NewContact(kind="call", outcome="Talked", happened_at=at, next_step="Call again")
    _times(lambda n: log_contact(client_id=client.pk, new=contact, by=by["sam"], at=at))
    _times(lambda n: ProductFactory(by=by["adam"], at=at))
    stages = (NewStage(name=f"S{n}", probability_percent=Decimal(n), position=n) for n in _CROWD)
    _times(lambda n: create_stage(new=next(stages), by=by["adam"], at=at))
    since = at.date()
    _times(
        lambda n: create_tax_rate(
            new=NewTaxRate(code=f"t{n}", name="Tax", rate_percent=Decimal(7), valid_from=since),
            by=by["adam"],
            at=at,
        )
    )
    _times(lambda n: create_project(new=NewProject(name=f"P{n}"), by=by["adam"], at=at))
    team = _people_and_teams(office)
    plan = _plans(office)
    deal = _money(office, client)
    versioned = _versions(office, client)
    _discounts(office, deal)
    _hand_overs(office)
    project = _project(office)
    return {
        "/api/business/clients/": client.code,
        "/api/business/deals/": deal.code,
        "/api/business/payments/": _most_returned(office, deal),
        "/api/business/projects/": project.code,
        "/api/business/teams/": str(team.pk),
        "/api/business/commissions/plans/": str(plan.pk),
        "versions": versioned.code,
    }


def _people_and_teams(office: Office) -> Any:
    by, at = office.people["olga"], office.now
    _times(lambda n: create_team(new=NewTeam(name=f"T{n}"), by=by.actor, at=at))
    team = create_team(new=NewTeam(name="Crowd"), by=by.actor, at=at)
    for number in _CROWD:
        person = make_person(f"p{number}", last_name="Crowd", role="salesperson", by=by, at=at)
        office.people[f"p{number}"] = person
        day = date(2026, 1, 1)
        add_member(team_id=team.pk, user_id=person.pk, valid_from=day, by=by.actor, at=at)
    return team


def _plans(office: Office) -> Any:
    by, at = office.people, office.now
    both = {"author": by["fay"], "checker": by["olga"], "at": at}
    payees = [by["sam"], *(by[f"p{number}"] for number in _CROWD)]
    plan = PlanFactory(**both, payees=payees)
    _times(lambda n: PlanFactory(**both))
    later = date(2027, 1, 1)
    _times(
        lambda n: draft_version(
            plan_id=plan.pk,
            new=flat_rate(since=later + timedelta(days=n)),
            by=by["fay"],
            at=at,
        )
    )
    return plan


def _money(office: Office, client: Any) -> Deal:
    """A deal with fifty payments, as many invoices, credit notes and returns of each kind."""
    by, at = office.people, office.now
    whole = line("100000.00")
    deal: Deal = WonDealFactory(client=client, lines=(whole,), by=by["sam"], at=at)
    given = {"deal": deal, "by": by["sam"], "at": at, **CARD}
    paid = _times(lambda n: VerifiedPaymentFactory(money=dollars(1_000 + n), **given))
    _times(lambda n: SubmittedPaymentFactory(money=dollars(5_000 + n), **given))
    for invoice in list(Invoice.objects.filter(deal=deal)):
        credit_invoice(
            invoice_id=invoice.pk, amount=dollars(100), reason="Agreed", by=by["fay"], at=at
        )
    for payment in paid:
        for kind in (Kind.REFUND, Kind.CHARGEBACK):
            ask(payment, kind, by["fay"], at, money=dollars(1))
    for payment in _times(lambda n: VerifiedPaymentFactory(money=dollars(900 + n), **given)):
        ask(payment, Kind.REVERSAL, by["fay"], at)
    _times(lambda n: note_deal(deal_id=deal.pk, text=f"Note {n}", by=by["sam"], at=at))
    _losses(office, client)
    return deal


def _losses(office: Office, client: Any) -> None:
    """Fifty write-offs that wait, and fifty that are to be expected again."""
    by, at = office.people, office.now
    for owed in _times(lambda n: WonDealFactory(client=client, by=by["sam"], at=at)):
        give_up(owed, by["fay"], at)
    for lost in _times(lambda n: WonDealFactory(client=client, by=by["sam"], at=at)):
        expect_again(approve(give_up(lost, by["fay"], at), by["vera"], at), by["fay"], at)


def _most_returned(office: Office, deal: Deal) -> str:
    payment = VerifiedPaymentFactory(
        deal=deal, money=dollars(99_900), by=office.people["sam"], at=office.now, **CARD
    )
    _times(lambda n: ask(payment, Kind.REFUND, office.people["fay"], office.now, money=dollars(1)))
    code: str = payment.code
    return code


def _project(office: Office) -> Any:
    """A project for fifty clients."""
    by, at = office.people, office.now
    project = create_project(new=NewProject(name="Crowded"), by=by["adam"], at=at)
    _times(lambda n: DealFactory(project_id=project.pk, by=by["adam"], at=at))
    return project


def _hand_overs(office: Office) -> None:
    by = office.people
    for number in _CROWD:
        new = NewHandOver(
            leaver_id=by[f"p{number}"].pk,
            successor_id=by["sam"].pk,
            effective_on=date(2100, 1, 1),
            reason="Moves on",
        )
        plan_hand_over(new=new, by=by["adam"], at=office.now)


def _discounts(office: Office, deal: Deal) -> None:
    """Fifty amendments that were asked for and refused, and as many days with other credit."""
    sam, theo, at = office.people["sam"], office.people["theo"], office.now
    shares = split((sam, "100"))
    for number in _CROWD:
        lines = (line(f"{1000 + number}.00", discount_percent=Decimal(50)),)
        asked = request_discount(
            deal_id=deal.pk, changes=TermChanges(lines=lines), reason="Once more", by=sam, at=at
        )
        reject_discount(
            request_id=asked.pk,
            checker=theo,
            content_hash=asked.content_hash,
            reason="No",
            at=at,
        )
        day = date(2100, 1, 1) + timedelta(days=number)
        new = NewCredit(splits=shares, valid_from=day, reason="Once more")
        change_credit(deal_id=deal.pk, new=new, by=theo, at=at)


def _versions(office: Office, client: Any) -> Deal:
    by, at = office.people["sam"], office.now
    deal: Deal = DealFactory(client=client, by=by, at=at)
    for number in _CROWD:
        deal = update_deal(
            deal_id=deal.pk,
            changes=DealChanges(terms=TermChanges(lines=(line(f"{2000 + number}.00"),))),
            expected_version=deal.version,
            by=by,
            at=at,
        )
    return deal


_CROWD = range(CROWD)


def _times(make: Callable[[int], Any]) -> list[Any]:
    return [make(number) for number in _CROWD]

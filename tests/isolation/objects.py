"""Two organizations full of objects: one's own, those of another team, and those of elsewhere.

North is Theo's team: Sam sells in it, Tim is a member. South is Lena's: Sven sells in it, and Theo
is a plain member. Every seller has one object of every kind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.field_keys import seal
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.services import KeyTerms, issue_api_key
from tenant_apps.accounts.models import MfaReset, SignInKind, User
from tenant_apps.accounts.services import create_service_account, open_sign_in
from tenant_apps.approvals.models import Policy
from tenant_apps.approvals.services import FailureReason
from tenant_apps.clients.models import Client, ContactKind
from tenant_apps.clients.services import NewContact, log_contact
from tenant_apps.commissions.models import Assignment, CommissionLine, CommissionPlan, PlanVersion
from tenant_apps.deals.models import Instalment, Stage
from tenant_apps.deals.services import (
    NewTaxRate,
    TermChanges,
    amend_deal,
    create_tax_rate,
    request_discount,
)
from tenant_apps.documents.services import keep_picture
from tenant_apps.handovers.services import NewHandOver, plan_hand_over
from tenant_apps.invoices.services import credit_invoice, link_invoice
from tenant_apps.ledger.models import JournalEntry
from tenant_apps.payments.models import Payment, PaymentProof
from tenant_apps.payments.services import Refusal, reject_payment
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.returns.models import Kind
from tenant_apps.sso.models import Connection
from tenant_apps.teams.models import Team
from tenant_apps.teams.services import NewTeam, add_member, create_team
from tests.cast import TEAM_SINCE, Cast, make_cast, make_person
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory, line
from tests.factories.documents import StoredFileFactory, picture, upload
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.organizations import drop_organization, found_organization
from tests.returns.stories import approve, ask, expect_again, give_up

# kind -> what a path or a body may call it: the id, and the code where it has one
Names = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Objects:
    """The names of one's own objects, of another team's, and of another organization's."""

    home: Tenant
    away: Tenant
    people: Cast
    own: Names
    team: Names
    foreign: Names

    @property
    def tenants(self) -> tuple[Tenant, Tenant]:
        """Return both organizations."""
        return self.home, self.away


@contextmanager
def two_organizations() -> Iterator[Objects]:
    """Found two organizations full of objects, committed; drop them at the end."""
    at, mark = utc_now(), uuid4().hex[:8]
    founded = partial(found_organization, currency="USD", timezone="UTC", at=at)
    home, away = founded(slug=f"home-{mark}"), founded(slug=f"away-{mark}")
    try:
        yield _fill(home, away, at)
    finally:
        for tenant in (home, away):
            drop_organization(tenant)


def _fill(home: Tenant, away: Tenant, at: datetime) -> Objects:
    with use_tenant(home):
        people = make_cast(at=at)
        _make_south(people, at)
        own, team = (objects_of(people[name], people, at) for name in ("sam", "sven"))
    with use_tenant(away):
        strangers = make_cast(at=at)
        foreign = objects_of(strangers["sam"], strangers, at)
    return Objects(home, away, people, own, team, foreign)


def _make_south(people: Cast, at: datetime) -> None:
    make = partial(make_person, by=people["olga"], at=at)
    people["lena"] = make("lena", last_name="Lead", role="team_lead")
    people["sven"] = make("sven", last_name="Seller", role="salesperson")
    olga = people["olga"].actor
    south = create_team(new=NewTeam(name="South", lead_id=people["lena"].pk), by=olga, at=at)
    for name in ("sven", "theo"):
        add_member(team_id=south.pk, user_id=people[name].pk, valid_from=TEAM_SINCE, by=olga, at=at)


def home_of(seller: User) -> Team:
    """Return the team that somebody leads, or else the first one that they belong to."""
    led = Team.objects.filter(lead=seller).first()
    return led or Team.objects.filter(memberships__user=seller).earliest("pk")


def objects_of(seller: User, people: Cast, at: datetime) -> Names:
    """Make one object of every kind around a seller; return how they are named."""
    names: Names = {"person": (str(seller.pk),)}
    keep_picture(upload=upload(picture(), "me.png"), person=seller, at=at)
    for make in (_sales, _shared, _commissions, _invoices, _returns, _traces):
        names |= {kind: _names_of(row) for kind, row in make(seller, people, at).items()}
    return names


def _names_of(row: Any) -> tuple[str, ...]:
    code = getattr(row, "code", None) or getattr(row, "number", None)
    return (str(row.pk), code) if isinstance(code, str) else (str(row.pk),)


def _sales(seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    team = home_of(seller)
    lead = team.lead
    assert lead is not None
    new = NewProject(name=f"Of {seller.first_name}", lead_id=lead.pk, team_id=team.pk)
    project = create_project(new=new, by=lead, at=at)
    stage = Stage.objects.latest("pk")
    rate = NewTaxRate(
        code=f"of-{seller.first_name}", name="Tax", rate_percent=Decimal(7), valid_from=TEAM_SINCE
    )
    deal = WonDealFactory(by=seller, project_id=project.pk, stage_id=stage.pk, at=at)
    payment: Payment = SubmittedPaymentFactory(by=seller, deal=deal, at=at)
    changes = TermChanges(lines=(line("1500.00"),))
    amend_deal(deal_id=deal.pk, changes=changes, reason="More work", by=seller, at=at)
    entry = log_contact(
        client_id=deal.client_id,
        new=NewContact(kind=ContactKind.CALL, outcome="Called", next_step="Call again"),
        by=seller,
        at=at,
    )
    refused = SubmittedPaymentFactory(by=seller, at=at)
    evidence = StoredFileFactory(by=people["vera"], at=at)
    no = Refusal(
        reason="No money came",
        failure_reason=FailureReason.OTHER,
        evidence_files=(evidence.pk,),
    )
    reject_payment(payment_id=refused.pk, checker=people["vera"], refusal=no, at=at)
    cheap = DealFactory(lines=(line("100.00", discount_percent=Decimal(50)),), by=seller, at=at)
    asked = request_discount(
        deal_id=cheap.pk, changes=TermChanges(), reason="They sign today", by=seller, at=at
    )
    leaving = NewHandOver(
        leaver_id=seller.pk,
        successor_id=people["olga"].pk,
        effective_on=date(2100, 1, 1),
        reason="Moves on",
    )
    return {
        "client": Client.objects.get(pk=deal.client_id),
        "discount request": asked,
        "draft payment": PaymentFactory(by=seller, at=at),
        "hand-over": plan_hand_over(new=leaving, by=people["adam"], at=at),
        "lead": lead,
        "open deal": DealFactory(by=seller, at=at),
        "rejected payment": refused,
        "reviewer": people["rita"],
        "stage": stage,
        "tax rate": create_tax_rate(new=rate, by=people["adam"], at=at),
        "deal": deal,
        "entry": entry,
        "evidence": evidence,
        "file": StoredFileFactory(by=seller, at=at),
        "instalment": Instalment.objects.filter(version__deal=deal).latest("pk"),
        "payment": payment,
        "picture": StoredFileFactory(by=seller, content=picture(), name="logo.png", at=at),
        "project": project,
        "proof": PaymentProof.objects.get(payment=payment).file,
        "team": team,
    }


def _shared(_seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    return {
        "policy": Policy.objects.latest("pk"),
        "product": ProductFactory(by=people["adam"], at=at),
    }


def _commissions(seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    plan: CommissionPlan = PlanFactory(
        author=people["fay"], checker=people["adam"], payees=(seller,), at=at
    )
    VerifiedPaymentFactory(by=seller, checker=people["vera"], at=at)
    return {
        "assignment": Assignment.objects.get(payee=seller),
        "line": CommissionLine.objects.filter(payee=seller).latest("pk"),
        "plan": plan,
        "plan version": PlanVersion.objects.get(plan=plan),
    }


def _invoices(seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    fay = people["fay"]
    invoice: Any = IssuedInvoiceFactory(deal=WonDealFactory(by=seller, at=at), by=fay, at=at)
    amount = Money.of(Decimal(100), "USD")
    note = credit_invoice(invoice_id=invoice.pk, amount=amount, reason="Late", by=fay, at=at)
    link = link_invoice(invoice_id=invoice.pk, days=30, by=fay, at=at).link
    made = {"credit note": note, "invoice": invoice, "link": link}
    return made | _around("invoice", invoice)


def _returns(seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    def verified() -> Payment:
        payment: Payment = VerifiedPaymentFactory(by=seller, checker=people["vera"], at=at)
        return payment

    deal = WonDealFactory(by=seller, at=at)
    asked = {
        "chargeback": ask(verified(), Kind.CHARGEBACK, seller, at),
        "refund": ask(verified(), Kind.REFUND, seller, at),
        "reversal": ask(verified(), Kind.REVERSAL, people["fay"], at),
        "write-off": give_up(deal, people["fay"], at),
    }
    lost = WonDealFactory(by=seller, at=at)
    asked["recovery"] = expect_again(
        approve(give_up(lost, people["fay"], at), people["vera"], at), people["fay"], at
    )
    for kind, row in list(asked.items()):
        asked |= _around(kind, row)
    return {"verified payment": verified(), **asked}


def _around(kind: str, row: Any) -> dict[str, Any]:
    """Return what an object is about, for the lists that are filtered by it."""
    about = {name: getattr(row, name, None) for name in ("payment", "deal", "client")}
    return {f"{kind}'s {name}": one for name, one in about.items() if one is not None}


def _traces(seller: User, people: Cast, at: datetime) -> dict[str, Any]:
    reset = MfaReset(user=seller, reason="Lost", requested_by_id=people["olga"].pk, requested_at=at)
    reset.save()
    session = open_sign_in(person=seller, kind=SignInKind.TOKEN, user_agent="", at=at)
    connection = Connection(
        code=f"of-{seller.first_name.lower()}",
        name="Provider",
        issuer="https://127.0.0.1",
        client_id="prs",
        sealed_secret=seal("secret"),
        authorization_endpoint="https://127.0.0.1/authorize",
        trusted_by_id=people["olga"].pk,
        checked_at=at,
    )
    connection.save(force_insert=True)
    program = create_service_account(name="Program", by=people["olga"].actor, at=at)
    grants = {"deals.view": "all"}
    terms = KeyTerms(service_account=program.pk, name="Key", grants=grants)
    return {
        "service account": program,
        "API key": issue_api_key(terms=terms, by=people["olga"], at=at).key,
        "session": session,
        "reset": reset,
        "sso connection": connection,
        "event": EventRecord.objects.filter(actor_id=seller.pk).latest("pk"),
        "ledger entry": JournalEntry.objects.latest("pk"),
    }

"""Every screen of the portal with something on it: what axe looks at and screenshots show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import uuid4

from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.field_keys import seal
from shared_apps.kernel.money import Money
from tenant_apps.access.services import (
    KeyTerms,
    NewInvitation,
    RoleTerms,
    create_role,
    invite_with_roles,
    issue_api_key,
)
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import NewPerson, create_service_account
from tenant_apps.accounts.services.invitations import make_invitation_token
from tenant_apps.accounts.services.resets import make_reset_token
from tenant_apps.approvals.models import Policy
from tenant_apps.approvals.services import PAYMENT, NewPolicy, NewStep, create_policy
from tenant_apps.clients.models import Client
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.controls.pairs import LEAST_OF_PAIR
from tenant_apps.deals.selectors import list_stages
from tenant_apps.deals.services import (
    NewTaxRate,
    TermChanges,
    create_tax_rate,
    request_discount,
)
from tenant_apps.invoices.models import Invoice
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.portal.forms.settings import PARTS
from tenant_apps.returns.services import Kind, NewReturn, request_return
from tenant_apps.sso.models import Connection
from tenant_apps.teams.selectors import find_team_by_name
from tests.cast import TEAM_NAME, person_named
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory, line, split
from tests.factories.documents import StoredFileFactory, paper, picture
from tests.factories.invoices import IssuedInvoiceFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.returns.stories import approve, expect_again, give_up

FIRST_DAY = date(2026, 1, 1)
RECEIPT = (
    *("NORTHWIND SHIPPING", "Harbour Road 12, 20457 Hamburg", "", "Transfer slip 2026-0417", ""),
    *("To: Acme Ltd", "Amount: USD 400.00", "Purpose: Website relaunch, first instalment", ""),
)


@dataclass(frozen=True)
class Screen:
    """A page as one person sees it; `who` is "" for nobody, `sign_up` the cookie of a sign-up."""

    name: str
    who: str
    path: str
    sign_up: str = ""


def furnish() -> Mapping[str, str]:
    """Put a small story into the organization at work; return the codes of its objects."""
    sam, suki, now = person_named("sam"), person_named("suki"), utc_now()
    client = ClientFactory(
        name="Northwind Shipping",
        by=sam,
        at=now,
        contacts=[{"name": "Nora Wind", "role": "CFO", "email": "nora@north.example", "phone": ""}],
        tags=["shipping", "north"],
    )
    deal = WonDealFactory(
        name="Website relaunch",
        client=client,
        by=sam,
        at=now,
        lines=(line("1000.00"), line("250.00", description="Support plan")),
        splits=split((sam, "70"), (suki, "30")),
    )
    draft = DealFactory(name="Onboarding", client=client, by=sam, at=now, status="open")
    slip = StoredFileFactory(content=paper(*RECEIPT, pages=2), name="receipt.pdf", by=sam, at=now)
    paid = VerifiedPaymentFactory(by=sam, at=now, deal=deal, proofs=(slip.pk,))
    image = StoredFileFactory(content=picture(size=(900, 600)), name="slip.png", by=sam, at=now)
    waiting = SubmittedPaymentFactory(
        by=sam, at=now, deal=deal, money=Money.of("300.00", "USD"), proofs=(image.pk,)
    )
    asked = request_return(
        payment_id=paid.pk,
        new=NewReturn(kind=Kind.REFUND, reason="One page was late.", money=Money.of("50", "USD")),
        by=sam,
        at=now,
    )
    fay, open_client = person_named("fay"), ClientFactory(name="Lighthouse GmbH", by=sam, at=now)
    owed = IssuedInvoiceFactory(
        by=fay, at=now, deal=WonDealFactory(name="Harbour sign", client=open_client, by=sam, at=now)
    )
    credit = VerifiedPaymentFactory(
        by=sam, at=now, deal=None, client=open_client, money=Money.of("700.00", "USD")
    )
    for _checked_by_one_person in range(LEAST_OF_PAIR):
        VerifiedPaymentFactory(
            by=sam, at=now, deal=None, client=open_client, money=Money.of("20.00", "USD")
        )
    billed = IssuedInvoiceFactory(
        by=fay, at=now, deal=WonDealFactory(name="Intranet", client=client, by=sam, at=now)
    )
    note = credit_invoice(
        invoice_id=billed.pk,
        amount=Money.of("100.00", "USD"),
        reason="One panel was broken.",
        by=fay,
        at=now,
    )
    commission = CommissionLine.objects.filter(payee=sam, payment=paid).first()
    return {
        "client": client.code,
        "deal": deal.code,
        "open": draft.code,
        "paid": paid.code,
        "refund": asked.code,
        "credit": credit.code,
        "billed": str(billed.number),
        "note": note.number,
        "owed": str(owed.number),
        "slip": str(slip.pk),
        "waiting": waiting.code,
        "invoice": str(Invoice.objects.filter(deal=deal).values_list("number", flat=True)[0]),
        "line": str(commission.pk) if commission else "",
        **_discount(client),
        **_losses(client),
        **_administration(),
    }


def _discount(client: Client) -> Mapping[str, str]:
    """Put two deals far below their price; one waits for somebody's word."""
    sam, now = person_named("sam"), utc_now()
    lines = (line("1000.00", discount_percent=Decimal(40)),)
    cheap, asked = (
        DealFactory(name=name, client=client, by=sam, at=now, status="open", lines=lines)
        for name in ("Annual fair", "Winter fair")
    )
    request = request_discount(
        deal_id=asked.pk, changes=TermChanges(), reason="They sign for two years.", by=sam, at=now
    )
    return {"cheap": cheap.code, "discount": str(request.pk)}


def _losses(client: Client) -> Mapping[str, str]:
    """Give two deals up; one of them is to be expected again."""
    sam, fay, vera, now = *map(person_named, ("sam", "fay", "vera")), utc_now()
    lost, hoped = (
        approve(
            give_up(WonDealFactory(name=name, client=client, by=sam, at=now), fay, now), vera, now
        )
        for name in ("Old fair", "Spring fair")
    )
    return {"lost": lost.code, "hoped": hoped.code, "recovery": expect_again(hoped, fay, now).code}


def _administration() -> Mapping[str, str]:
    """Invite somebody, and let one person stand on two sides; return what there is to look at."""
    olga, sam, now = person_named("olga"), person_named("sam"), utc_now()
    new = NewPerson(email=f"nina-{uuid4().hex[:6]}@example.com", first_name="Nina", last_name="New")
    invitation = NewInvitation(person=new, roles=("salesperson",))
    invited = invite_with_roles(invitation=invitation, by=olga, at=now)
    event = list_events(EventFilters(name="access.role_assigned"))[0]
    team = find_team_by_name(TEAM_NAME)
    program = create_service_account(name="Webshop", by=olga.actor, at=now)
    grants = {"clients.view": "all", "deals.create": "all"}
    terms = KeyTerms(service_account=program.pk, name="Production", grants=grants)
    rate = NewTaxRate(
        code=f"tax-{uuid4().hex[:6]}", name="VAT", rate_percent=Decimal(19), valid_from=FIRST_DAY
    )
    own = create_role(terms=RoleTerms(name=f"Desk {uuid4().hex[:6]}"), by=olga, at=now)
    return {
        "product": str(ProductFactory(by=olga, at=now).pk),
        "stage": str(list_stages()[0].pk),
        "rate": str(create_tax_rate(new=rate, by=olga, at=now).pk),
        "role": own.code,
        "policy": str(_spare_policy(olga).pk),
        "program": str(program.pk),
        "key": str(issue_api_key(terms=terms, by=olga, at=now).key.pk),
        "person": str(sam.pk),
        "invited": str(invited.pk),
        "invitation": make_invitation_token(invited),
        "reset": make_reset_token(sam),
        "event": str(event.pk),
        "team": str(team.pk) if team else "",
        "sso": _provider(olga, now),
    }


def _spare_policy(owner: User) -> Policy:
    """Make a policy that can be retired: it asks for no more people than the one behind it."""
    step = NewStep(permission="payments.decide")
    new = NewPolicy(name="Trade fairs", subject_type=PAYMENT, steps=(step,), priority=5)
    return create_policy(new=new, by=owner, at=utc_now())


def _provider(owner: User, at: datetime) -> str:
    """Enter a provider as it is once it has answered; nobody runs it here."""
    known = Connection.objects.filter(code="contoso").first()
    if known is not None:
        return str(known.pk)
    row = Connection(
        code="contoso",
        name="Contoso",
        issuer="https://login.contoso.example",
        client_id="0oa1b2c3",
        sealed_secret=seal("secret"),
        allowed_domains=["contoso.example", "contoso.test"],
        default_role="team_member",
        authorization_endpoint="https://login.contoso.example/authorize",
        trusted_by_id=owner.pk,
        checked_at=at,
        created_by_id=owner.pk,
        updated_by_id=owner.pk,
        updated_at=at,
    )
    row.save(force_insert=True)
    return str(row.pk)


def screens_of(story: Mapping[str, str]) -> list[Screen]:
    """Return the screens of the story."""
    sams = {
        "dashboard": "/dashboard/",
        "clients": "/clients/",
        "client": f"/clients/{story['client']}/",
        "client-statement": f"/clients/{story['client']}/?part=statement",
        "client-contacts": f"/clients/{story['client']}/?part=contacts",
        "client-history": f"/clients/{story['client']}/?part=history",
        "client-new": "/clients/new/",
        "client-edit": f"/clients/{story['client']}/edit/",
        "deals": "/deals/",
        "deals-none": "/deals/?q=nothing",
        "deals-booked": "/deals/?status=won&won=year",
        "deals-collected": "/deals/?collected=year",
        "deal": f"/deals/{story['deal']}/",
        "deal-new": f"/deals/new/?client={story['client']}",
        "deal-edit": f"/deals/{story['open']}/edit/",
        "deal-amend": f"/deals/{story['deal']}/amend/",
        "deal-lose": f"/deals/{story['open']}/move/lose/",
        "deal-step-refused": f"/deals/{story['deal']}/move/reopen/",
        "deal-discount": f"/deals/{story['cheap']}/discount/",
        "payment-withdraw": f"/payments/{story['waiting']}/move/withdraw/",
        "payments": "/payments/",
        "payments-awaiting": "/payments/?awaiting=now",
        "payment": f"/payments/{story['waiting']}/",
        "proof": f"/payments/{story['paid']}/proofs/{story['slip']}/pages/",
        "payment-new": f"/payments/new/?deal={story['deal']}",
        "payment-edit": f"/payments/{story['waiting']}/edit/",
        "invoices": "/invoices/",
        "returns": "/returns/",
        "return": f"/returns/{story['refund']}/",
        "write-off": f"/returns/{story['hoped']}/",
        "refund-new": f"/payments/{story['paid']}/return/refund/",
        "write-off-new": f"/deals/{story['deal']}/write-off/",
        "invoice": f"/invoices/{story['invoice']}/",
        "commissions": "/commissions/",
        "commissions-accrued": "/commissions/?accrued=year",
        "commission": f"/commissions/lines/{story['line']}/",
        "search": "/search/?q=north",
        "notifications": "/notifications/",
        "account": "/account/",
        "password": "/account/password/",
        "security": "/account/security/",
        "app-new": "/account/security/app/",
        "passkey-new": "/account/passkeys/new/",
        "confirm": "/account/confirm/?next=/account/security/",
        "nowhere": "/nowhere/",
    }
    veras = {
        "verifier-dashboard": "/dashboard/",
        "queue": "/queue/",
        "review": f"/queue/{story['waiting']}/",
        "review-pdf": f"/queue/{story['paid']}/",
        "verified": f"/payments/{story['paid']}/",
        "return-decision": f"/returns/{story['refund']}/",
        "recovery-decision": f"/returns/{story['recovery']}/",
        "payment-apply": f"/payments/{story['credit']}/apply/",
        "credit-notes": "/credit-notes/",
        "credit-note": f"/credit-notes/{story['note']}/",
        "credit-new": f"/invoices/{story['billed']}/credit/",
        "invoice-credited": f"/invoices/{story['billed']}/",
        "invoice-new": f"/deals/{story['deal']}/invoice/",
        "invoice-pay": f"/invoices/{story['owed']}/pay/",
        "link-new": f"/invoices/{story['billed']}/links/",
        "invoice-send": f"/invoices/{story['billed']}/send/",
        "invoice-remind": f"/invoices/{story['billed']}/remind/",
        "reminders-pause": f"/invoices/{story['billed']}/reminders/pause/",
        "review-changes": f"/queue/{story['waiting']}/changes/",
        "return-reject": f"/returns/{story['refund']}/reject/",
    }
    adams = {
        "recovery-new": f"/returns/{story['lost']}/recover/",
        "people": "/people/",
        "people-none": "/people/?q=nothing",
        "person": f"/people/{story['person']}/",
        "person-invited": f"/people/{story['invited']}/",
        "person-roles": f"/people/{story['person']}/roles/",
        "person-edit": f"/people/{story['person']}/edit/",
        "person-reset": f"/people/{story['person']}/reset/",
        "person-suspend": f"/people/{story['person']}/move/suspend/",
        "invite": "/people/invite/",
        "roles": "/roles/",
        "role": "/roles/verifier/",
        "role-new": "/roles/own/new/",
        "role-edit": f"/roles/{story['role']}/edit/",
        "role-archive": f"/roles/{story['role']}/archive/",
        "hand-overs": "/hand-overs/",
        "client-restore": f"/clients/{story['client']}/restore/",
        "client-archive": f"/clients/{story['client']}/archive/",
        "client-merge": f"/clients/{story['client']}/merge/",
        "client-erase": f"/clients/{story['client']}/erase/",
        "client-tidy": f"/clients/{story['client']}/?part=contacts",
        "deal-credit": f"/deals/{story['deal']}/credit/",
        "discount-decision": f"/discounts/{story['discount']}/",
        "payment-assign": f"/payments/{story['waiting']}/assign/",
        "keys": "/keys/",
        "key-new": f"/keys/new/?program={story['program']}",
        "key-rotate": f"/keys/{story['key']}/rotate/",
        "key-revoke": f"/keys/{story['key']}/revoke/",
        "program-new": "/keys/programs/new/",
        "program-suspend": f"/keys/programs/{story['program']}/move/suspend/",
        "teams": "/teams/",
        "team": f"/teams/{story['team']}/",
        "team-new": "/teams/new/",
        "team-edit": f"/teams/{story['team']}/edit/",
        "team-archive": f"/teams/{story['team']}/archive/",
        **{f"settings-{part}": f"/settings/{part}/" for part in PARTS},
        "settings-sign-in": "/settings/sign-in/",
        "settings-everyone-out": "/settings/sign-in/everyone/",
        "products": "/settings/products/",
        "product-new": "/settings/products/new/",
        "product-edit": f"/settings/products/{story['product']}/edit/",
        "product-archive": f"/settings/products/{story['product']}/archive/",
        "product-restore": f"/settings/products/{story['product']}/restore/",
        "stages": "/settings/stages/",
        "stage-new": "/settings/stages/new/",
        "stage-edit": f"/settings/stages/{story['stage']}/edit/",
        "stage-archive": f"/settings/stages/{story['stage']}/archive/",
        "stage-restore": f"/settings/stages/{story['stage']}/restore/",
        "taxes": "/settings/taxes/",
        "tax-new": "/settings/taxes/new/",
        "tax-edit": f"/settings/taxes/{story['rate']}/edit/",
        "sso": "/settings/sso/",
        "sso-new": "/settings/sso/new/",
        "sso-edit": f"/settings/sso/{story['sso']}/",
        "sso-disable": f"/settings/sso/{story['sso']}/move/disable/",
        "policies": "/settings/policies/",
        "policy-retire": f"/settings/policies/{story['policy']}/retire/",
        "policy-new": "/settings/policies/new/",
        "controls": "/controls/",
        "audit": "/audit/",
        "audit-none": "/audit/?since=2099-01-01",
        "audit-event": f"/audit/{story['event']}/",
        "operator-visits": "/operator-visits/",
    }
    return [
        Screen("sign-in", "", "/sign-in/"),
        Screen("forgotten", "", "/sign-in/forgotten/"),
        Screen("new-password", "", f"/password/reset/?token={story['reset']}"),
        Screen("new-password-worthless", "", "/password/reset/?token=x"),
        Screen("invitation", "", f"/invitations/accept/?token={story['invitation']}"),
        Screen("invitation-worthless", "", "/invitations/accept/?token=x"),
        *(Screen(name, "sam", path) for name, path in sams.items()),
        *(Screen(name, "vera", path) for name, path in veras.items()),
        *(Screen(name, "adam", path) for name, path in adams.items()),
    ]

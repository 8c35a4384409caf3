"""Every e-mail of the product, in English and in German: who it comes from, and how it reads."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.field_keys import seal
from shared_apps.kernel.money import Money
from shared_apps.organizations.models import WorkspaceSearch
from shared_apps.organizations.services import FirstOwner, NewOrganization
from shared_apps.organizations.services.hints import keep_hint, mail_workspaces
from shared_apps.organizations.services.sign_up import SignUpWish, send_code_mail, start_sign_up
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.invitations import send_invitation_mail
from tenant_apps.accounts.services.mfa_resets import send_reset_notice
from tenant_apps.accounts.services.resets import send_reset_mail
from tenant_apps.invoices.services.mailing import deliver_mail, write_mail
from tenant_apps.invoices.wording import Letter, invoice_letter, reminder_letter
from tests.cast import person_named
from tests.factories.accounts import InvitedPersonFactory
from tests.factories.deals import WonDealFactory, line
from tests.factories.invoices import IssuedInvoiceFactory
from tests.portal.test_german_pages import ENGLISH

LANGUAGES = ("en", "de")
# the files that send e-mail; each kind that they send stands in KINDS
SENDERS = {
    "shared_apps/organizations/services/hints.py",
    "shared_apps/organizations/services/sign_up.py",
    "tenant_apps/accounts/services/invitations.py",
    "tenant_apps/accounts/services/mfa_resets.py",
    "tenant_apps/accounts/services/resets.py",
    "tenant_apps/invoices/services/mailing.py",
}
SENDING = re.compile(
    r"\b(send_mail|send_mass_mail|EmailMessage|EmailMultiAlternatives|write_from_platform)\b|"
    r"\bwrite_to\("
)
LINK = re.compile(r"http://\S+")
AMOUNTS = {"en": "USD 1,234.50", "de": "1.234,50\xa0USD"}
OPEN = Money.of("1234.50", "USD")


@dataclass(frozen=True)
class Kind:
    """A kind of e-mail: how one is sent, and what of it is to be seen in it."""

    send: Callable[[str, Tenant], object]
    is_of_organization: bool = True
    has_link: bool = False
    has_amount: bool = False


def a_person(locale: str) -> User:
    person = person_named("sam")
    person.locale = locale
    person.save(update_fields=["locale"])
    return person


def invite(locale: str, _tenant: Tenant) -> None:
    person = InvitedPersonFactory(first_name="Nina", last_name="Neu")
    person.locale = locale
    person.save(update_fields=["locale"])
    send_invitation_mail(user_id=person.pk)


def code(locale: str, _tenant: Tenant) -> None:
    with use_platform():
        slug = f"s{uuid4().hex[:8]}"
        new = NewOrganization(slug=slug, name="Nordwind", currency="EUR", timezone="Europe/Berlin")
        owner = FirstOwner(email=f"nina@{slug}.example", first_name="Nina", last_name="Neu")
        wish = SignUpWish(organization=new, owner=owner, locale=locale)
        row = start_sign_up(wish=wish, at=utc_now())
        send_code_mail(sign_up_id=row.pk)


def workspaces(locale: str, tenant: Tenant) -> None:
    email = person_named("sam").email
    with use_platform():
        keep_hint(organization_id=tenant.id, email=email)
        search = WorkspaceSearch(sealed_address=seal(email), asked_at=utc_now())
        search.save(force_insert=True)
        mail_workspaces(search_id=search.pk, locale=locale)


def letter(make: Callable[..., Letter], **given: object) -> Callable[[str, Tenant], None]:
    """Return how a letter about an invoice is sent."""

    def send(locale: str, _tenant: Tenant) -> None:
        at = utc_now()
        deal = WonDealFactory(at=at, lines=(line("1234.50"),))
        invoice = IssuedInvoiceFactory(by=person_named("fay"), at=at, deal=deal)
        invoice.issuer = {**invoice.issuer, "locale": locale}
        written = make(invoice, **given)
        queued = write_mail(invoice, written, to="nora@north.example", by_id=None, at=at)
        deliver_mail(mail_id=queued.pk, at=at)

    return send


KINDS: Mapping[str, Kind] = {
    "code": Kind(code, is_of_organization=False),
    "workspaces": Kind(workspaces, is_of_organization=False, has_link=True),
    "invitation": Kind(invite, has_link=True),
    "password": Kind(lambda locale, _: send_reset_mail(user_id=a_person(locale).pk), has_link=True),
    "second factor": Kind(
        lambda locale, _: send_reset_notice(user_id=a_person(locale).pk), has_link=True
    ),
    "invoice": Kind(letter(invoice_letter, open_money=OPEN), has_amount=True),
    "invoice, partly paid": Kind(
        letter(invoice_letter, open_money=Money.of("1", "USD")), has_amount=True
    ),
    "invoice, paid": Kind(letter(invoice_letter, open_money=Money.zero("USD")), has_amount=True),
    **{
        f"reminder {level}": Kind(
            letter(reminder_letter, level=level, open_money=OPEN), has_amount=True
        )
        for level in range(4)
    },
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, sam: User) -> Kind:
    """Each kind of e-mail, at acme with its cast."""
    return KINDS[request.param]


def sent(kind: Kind, locale: str, tenant: Tenant) -> mail.EmailMessage:
    mail.outbox.clear()
    kind.send(locale, tenant)
    (message,) = mail.outbox
    return message


def words_of(message: mail.EmailMessage) -> str:
    """Return what an e-mail says, without its links."""
    return f"{message.subject}\n{LINK.sub('', str(message.body))}"


def test_every_sender_is_read_here() -> None:
    folders = (Path("shared_apps"), Path("tenant_apps"))
    sources = [path for folder in folders for path in folder.rglob("*.py")]
    sending = {str(path) for path in sources if SENDING.search(path.read_text(encoding="utf-8"))}
    assert sending - {"shared_apps/tenancy/mails.py"} == SENDERS


class TestEveryMail:
    def test_is_german_where_german_is_asked_for(self, kind: Kind, acme: Tenant) -> None:
        said = words_of(sent(kind, "de", acme))
        assert not ENGLISH.search(said.lower().replace(acme.name.lower(), "")), said
        assert re.search(r"\b(Sie|Ihr|Ihnen|Guten Tag|Mahnung)\b", said), said
        assert not re.search(r"\b(du|dein|dir|dich)\b", said.lower()), said

    def test_begins_its_sentences_as_its_language_does(self, kind: Kind, acme: Tenant) -> None:
        for locale in LANGUAGES:
            parts = str(sent(kind, locale, acme).body).split("\n\n")
            assert parts[0].endswith(","), parts
            first = parts[1].replace("Sie ", "sie ", 1) if locale == "de" else parts[1]
            assert first[0].isupper() == (locale == "en") or first[:3] == "Ihr", parts

    def test_says_who_writes(self, kind: Kind, acme: Tenant) -> None:
        for locale in LANGUAGES:
            message = sent(kind, locale, acme)
            if kind.is_of_organization:
                assert message.from_email.startswith(f'"{acme.name}" <')
                issuers = (acme.name, "Acme Ltd")
                assert any(name in words_of(message) for name in issuers), words_of(message)
            assert "\n" not in message.subject
            assert len(message.subject) < 78

    def test_says_no_machine_answers(self, kind: Kind, acme: Tenant) -> None:
        assert sent(kind, "en", acme).extra_headers["Auto-Submitted"] == "auto-generated"

    def test_leads_to_a_page_that_is_there(self, kind: Kind, acme: Tenant) -> None:
        for locale in LANGUAGES:
            links = LINK.findall(str(sent(kind, locale, acme).body))
            assert bool(links) == kind.has_link
            for link in links:
                host, _, path = link.removeprefix("http://").partition("/")
                assert host.partition(":")[0] == acme.host
                page = Client(SERVER_NAME=acme.host).get(f"/{path}")
                assert page.status_code == 200, link

    def test_says_amounts_and_days_by_locale(self, kind: Kind, acme: Tenant) -> None:
        for locale in LANGUAGES:
            said = words_of(sent(kind, locale, acme))
            assert (AMOUNTS[locale] in said) == kind.has_amount, said

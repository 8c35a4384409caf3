"""The portal in another language: texts, days, money, and amounts as they are typed there."""

import ast
import inspect
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client as Browser
from django.utils import translation
from zxcvbn import feedback

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import as_on_pages, worded
from tenant_apps.accounts.models import User
from tenant_apps.accounts.password_advice import ADVICE
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.notifications import messages
from tenant_apps.notifications.messages import WORDINGS, Message
from tenant_apps.notifications.models import Notification
from tenant_apps.notifications.services import notify
from tenant_apps.payments.risk import Reason, say_kept
from tenant_apps.portal import formatting
from tests.cast import PASSWORD, person_named
from tests.factories.commissions import PlanFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.portal.extraction import (
    PLATFORM,
    PORTAL,
    Text,
    catalogs_of,
    platform_texts,
    shown_texts,
    unsayable_refusals,
)


def _in_force(entry: Entry) -> object:
    """Return what Django makes of an entry."""
    context = entry.context or None
    if isinstance(entry.id, str):
        return translation.pgettext(context, entry.id) if context else translation.gettext(entry.id)
    one, many = entry.id
    counts = range(1, 1 + len(entry.string or ()))
    if context:
        return tuple(translation.npgettext(context, one, many, n) for n in counts)
    return tuple(translation.ngettext(one, many, n) for n in counts)


CATALOGS = catalogs_of(PORTAL)
OF_PLATFORM = catalogs_of(PLATFORM)


def name_of(path: Path) -> str:
    return f"{path.parts[-5]}-{path.parts[-3]}"


@pytest.mark.parametrize("path", [*CATALOGS, *OF_PLATFORM], ids=name_of)
class TestCatalog:
    def test_says_everything(self, path: Path) -> None:
        said = texts_of(read_po(io.BytesIO(path.read_bytes())))
        assert [message for message, strings in said.items() if not all(strings)] == []

    def test_is_what_people_read(self, path: Path) -> None:
        """Other packages say some of the same words; ours come first."""
        ours = [each for each in read_po(io.BytesIO(path.read_bytes())) if each.id]
        with translation.override(path.parts[-3]):
            read = [_in_force(each) for each in ours]
        assert [each.string for each in ours] == read

    def test_is_compiled(self, path: Path) -> None:
        kept = read_mo(io.BytesIO(path.with_suffix(".mo").read_bytes()))
        assert texts_of(kept) == texts_of(read_po(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize("path", CATALOGS, ids=name_of)
def test_a_catalog_has_every_text_that_people_are_shown(path: Path) -> None:
    """The portal's and the services'; `python -m tests.portal.extraction` adds new ones."""
    catalog = read_po(io.BytesIO(path.read_bytes()))
    texts = shown_texts()
    assert len(texts) > 800
    assert missing_from(catalog, texts) == []


@pytest.mark.parametrize("path", OF_PLATFORM, ids=name_of)
def test_a_catalog_of_the_platform_has_every_text_of_its_pages(path: Path) -> None:
    texts = platform_texts()
    assert len(texts) > 50
    assert missing_from(read_po(io.BytesIO(path.read_bytes())), texts) == []


def missing_from(catalog: Catalog, texts: set[Text]) -> list[Text]:
    return [text for text in texts if not catalog.get(text.single, text.context or None)]


def test_no_service_refuses_in_words_that_no_catalog_can_know() -> None:
    """A sentence with values in it goes through `worded`; see shared_apps/kernel/wording.py."""
    assert list(unsayable_refusals()) == []


def test_what_is_advised_about_passwords_is_in_the_catalogs() -> None:
    source = ast.parse(inspect.getsource(feedback))
    calls = [node for node in ast.walk(source) if isinstance(node, ast.Call)]
    said = {ast.literal_eval(call.args[0]) for call in calls if getattr(call.func, "id", "") == "_"}
    assert said == set(ADVICE)


def texts_of(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return what a catalog says for each message, plural forms and all."""
    return {
        f"{_context_of(each)} {_strings_of(each.id)}": _strings_of(each.string)
        for each in catalog
        if each.id
    }


def _context_of(message: Entry) -> str:
    """Return a message's context; a compiled catalog gives it back as bytes."""
    context: str | bytes = message.context or ""
    return context.decode() if isinstance(context, bytes) else context


def _strings_of(string: "str | list[str] | tuple[str, ...] | None") -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def test_every_language_but_english_has_a_catalog() -> None:
    languages = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    for catalogs in (CATALOGS, OF_PLATFORM):
        assert {path.parts[-3] for path in catalogs} == languages


class TestGerman:
    @pytest.fixture(autouse=True)
    def _in_german(self) -> object:
        with translation.override("de"):
            yield

    def test_writes_money_and_days_its_own_way(self) -> None:
        assert formatting.show_money(Money.of("1234.50", "EUR")) == "1.234,50\u00a0€"
        assert formatting.show_day(date(2026, 3, 2)) == "02.03.2026"

    def test_puts_amounts_and_days_into_sentences_its_own_way(self) -> None:
        money, day = Money.of("1234.50", "EUR"), date(2026, 3, 2)
        said = worded("At most %(left)s can be credited.", left=money)
        assert said == "Höchstens 1.234,50 EUR lassen sich gutschreiben."
        said = worded(
            "%(code)s is %(rate)s%% on %(day)s.", code="VAT", rate=Decimal("7.5"), day=day
        )
        assert said == "VAT beträgt am 02.03.2026 7,5 %."
        said = worded("The file is larger than %(most)s bytes.", most=5_242_880)
        assert said == "Die Datei ist größer als 5.242.880 Byte."

    def test_says_why_a_payment_is_urgent_as_it_is_kept_in_english(self) -> None:
        kept = Reason("method", 15, {"method": "Cash"}).as_json()
        assert kept["message"] == "How it was paid: Cash."
        assert say_kept(kept) == "Zahlungsart: Bargeld."
        unusual = Reason("unusual_amount", 20, {"times": "3.5"}).as_json()
        assert "3.5 times" in unusual["message"]
        assert "3,5" in say_kept(unusual)
        assert say_kept({"code": "unusual_amount", "message": "Of old."}) == "Of old."

    @pytest.mark.parametrize(
        ("typed", "read"),
        [
            *(("1.234,50", "1234.50"), ("12,5", "12.5"), ("1234.50", "1234.50"), ("viel", "viel")),
            *(("1.000", "1000"), ("1.500.000", "1500000"), ("0.125", "0.125"), ("1,234.50",) * 2),
            *(("1e9", "1e9"), ("NaN", "NaN")),
        ],
    )
    def test_reads_amounts_its_own_way(self, typed: str, read: str) -> None:
        assert formatting.read_amount(typed) == read

    @pytest.mark.parametrize("number", ["1000", "1234.50", "0.125", "1.125", "1000.000", "-2.5"])
    def test_reads_what_it_has_typed_itself(self, number: str) -> None:
        assert formatting.read_amount(formatting.type_amount(Decimal(number))) == number


def test_english_sentences_have_amounts_and_days_as_the_api_writes_them() -> None:
    with translation.override("en"):
        money, day = Money.of("1234.50", "EUR"), date(2026, 3, 2)
        said = worded("At most %(left)s can be credited.", left=money)
        assert said == "At most 1234.50 EUR can be credited."
        assert worded("%(code)s is %(rate)s%% on %(day)s.", code="VAT", rate=7, day=day) == (
            "VAT is 7% on 2026-03-02."
        )


def test_sentences_on_pages_have_amounts_and_days_as_the_page_shows_its_own() -> None:
    money, day = Money.of("1234.50", "EUR"), date(2026, 3, 2)
    with as_on_pages(), translation.override("en"):
        said = worded("At most %(left)s can be credited.", left=money)
        assert said == "At most €1,234.50 can be credited."
        assert worded("%(code)s is %(rate)s%% on %(day)s.", code="VAT", rate=7, day=day) == (
            "VAT is 7% on Mar 2, 2026."
        )
        said = worded("Write the amount in digits, such as %(amount)s.", amount=Decimal("12.50"))
        assert said == "Write the amount in digits, such as 12.50."
    with as_on_pages(), translation.override("de"):
        said = worded("At most %(left)s can be credited.", left=money)
        assert said == "Höchstens 1.234,50\u00a0€ lassen sich gutschreiben."


@pytest.mark.parametrize(
    ("typed", "read"), [("1,234.50", "1234.50"), ("7", "7"), ("1,2,3", "1,2,3")]
)
def test_english_amounts_are_read(typed: str, read: str) -> None:
    with translation.override("en"):
        assert formatting.read_amount(typed) == read


class TestLanguageOfAPerson:
    def test_is_their_own(self, sams: Browser, sam: User) -> None:
        sam.locale = "de"
        sam.save(update_fields=["locale"])
        html = sams.get("/deals/").content.decode()
        assert '<html lang="de"' in html
        assert "Noch keine Abschlüsse" in html

    def test_at_the_door_is_the_browsers(self, nobodys: Browser) -> None:
        page = nobodys.get("/sign-in/", headers={"Accept-Language": "de-AT,de;q=0.9"})
        assert "Anmelden" in page.content.decode()
        page = nobodys.get("/sign-in/", headers={"Accept-Language": "xx"})
        assert "Sign in" in page.content.decode()

    def test_is_what_services_refuse_in(self, sams: Browser, sam: User) -> None:
        sam.locale = "de"
        sam.save(update_fields=["locale"])
        page = sams.post("/account/password/", {"old_password": "x", "new_password": "y"})
        assert page.context["form"].errors("/old_password") == ["Das ist nicht Ihr Passwort."]
        page = sams.post(
            "/account/password/", {"old_password": PASSWORD, "new_password": "password1234"}
        )
        said = " ".join(page.context["form"].errors("/new_password"))
        assert "Dieses Passwort ist zu leicht zu erraten." in said
        assert "easy" not in said
        assert "Unter dieser Adresse ist nichts" in sams.get("/deals/DL-9999/").content.decode()

    def test_is_what_commission_is_explained_in(self, sams: Browser, sam: User, fay: User) -> None:
        PlanFactory(author=fay, checker=person_named("adam"), payees=[sam], at=utc_now())
        VerifiedPaymentFactory(by=sam, at=utc_now())
        line = CommissionLine.objects.get(payee=sam)
        sam.locale = "de"
        sam.save(update_fields=["locale"])
        html = sams.get(f"/commissions/lines/{line.pk}/").content.decode()
        assert "Die Zahlung brachte" in html
        assert "The payment brought" not in html

    def test_is_what_messages_are_read_in(self, sams: Browser, sam: User, vera: User) -> None:
        message = Message(
            kind="return_decided",
            params={
                "code": "RF-1",
                "kind": "refund",
                "amount": "1.00 USD",
                "client": "Northwind",
                "verdict": "approved",
            },
        )
        seqs = notify(recipients=[sam.pk, vera.pk], event_id=uuid4(), message=message, at=utc_now())
        assert "The refund of $1.00" in sams.get("/notifications/").content.decode()
        sam.locale = "de"
        sam.save(update_fields=["locale"])
        said = "Erstattung über 1,00\u00a0$ für Northwind: genehmigt."
        assert said in sams.get("/notifications/").content.decode()
        assert said in sams.get("/notifications/menu/").content.decode()
        assert sams.get(f"/notifications/{seqs[sam.pk]}/text/").json()["body"] == said

    def test_leaves_a_message_of_a_kind_given_up_as_it_was_said(
        self, sams: Browser, sam: User
    ) -> None:
        message = Message(kind="payment_verified", params={"code": "PY-1", **AMOUNT})
        notify(recipients=[sam.pk], event_id=uuid4(), message=message, at=utc_now())
        assert Notification.objects.filter(recipient=sam).count() == 1
        with patched_kind("gone"):
            assert "PY-1 is verified" in sams.get("/notifications/").content.decode()


AMOUNT = {"amount": "1.00 USD", "client": "Northwind"}


@contextmanager
def patched_kind(kind: str) -> Iterator[None]:
    """Have the messages in the table be of a kind that no wording has any more."""
    said = WORDINGS["payment_verified"]
    known = dict(WORDINGS)
    known.pop("payment_verified")
    assert kind not in known
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "WORDINGS", known)
        yield
    assert WORDINGS["payment_verified"] is said

"""The portal in another language: texts, days, money, and amounts as they are typed there."""

import io
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client as Browser
from django.utils import translation

from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.portal import formatting
from tenant_apps.portal.apps import PortalConfig

LOCALE = Path(PortalConfig.__module__.replace(".", "/")).parent / "locale"
CATALOGS = sorted((settings.CHECKOUT / LOCALE).glob("*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
class TestCatalog:
    def test_says_everything(self, path: Path) -> None:
        said = texts_of(read_po(io.BytesIO(path.read_bytes())))
        assert [message for message, strings in said.items() if not all(strings)] == []

    def test_is_compiled(self, path: Path) -> None:
        kept = read_mo(io.BytesIO(path.with_suffix(".mo").read_bytes()))
        assert texts_of(kept) == texts_of(read_po(io.BytesIO(path.read_bytes())))


def texts_of(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    """Return what a catalog says for each message, plural forms and all."""
    return {
        f"{_context_of(each)} {_strings_of(each.id)}": _strings_of(each.string)
        for each in catalog
        if each.id
    }


def _context_of(message: Message) -> str:
    """Return a message's context; a compiled catalog gives it back as bytes."""
    context: str | bytes = message.context or ""
    return context.decode() if isinstance(context, bytes) else context


def _strings_of(string: "str | list[str] | tuple[str, ...] | None") -> tuple[str, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string or "",)


def test_every_language_but_english_has_a_catalog() -> None:
    languages = {code for code, _name in settings.LANGUAGES} - {settings.LANGUAGE_CODE}
    assert {path.parts[-3] for path in CATALOGS} == languages


class TestGerman:
    @pytest.fixture(autouse=True)
    def _in_german(self) -> object:
        with translation.override("de"):
            yield

    def test_writes_money_and_days_its_own_way(self) -> None:
        assert formatting.show_money(Money.of("1234.50", "EUR")) == "1.234,50\u00a0€"
        assert formatting.show_day(date(2026, 3, 2)) == "02.03.2026"

    @pytest.mark.parametrize(
        ("typed", "read"),
        [("1.234,50", "1234.50"), ("12,5", "12.5"), ("1234.50", "1234.50"), ("viel", "viel")],
    )
    def test_reads_amounts_its_own_way(self, typed: str, read: str) -> None:
        assert formatting.read_amount(typed) == read


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

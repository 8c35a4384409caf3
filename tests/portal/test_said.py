"""Sentences that say how long ago something was, what happened, and what looks the same."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import translation

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.portal.client_steps import STEPS
from tenant_apps.portal.formatting import show_age
from tenant_apps.portal.moves import DEAL_MOVES, PAYMENT_MOVES, Move
from tenant_apps.portal.person_moves import PERSON_MOVES
from tests.factories.deals import DealFactory, ProductFactory, WonDealFactory
from tests.portal.conftest import Browsers

OWN_WORDS = {"merge"}  # its page says more
ALL_MOVES = [
    move
    for table in (DEAL_MOVES, PAYMENT_MOVES, PERSON_MOVES)
    for moves in table.values()
    for move in moves
] + [step.move for name, step in STEPS.items() if name not in OWN_WORDS]


class TestAge:
    @pytest.mark.parametrize(
        ("language", "seconds", "said"),
        [
            ("en", 5, "just now"),
            ("de", 5, "gerade eben"),
            ("en", -5, "just now"),
            ("en", 61, "1 minute ago"),
            ("de", 26 * 60, "vor 26 Minuten"),
        ],
    )
    def test_is_said_from_a_minute_on(self, language: str, seconds: int, said: str) -> None:
        at = utc_now()
        with translation.override(language):
            assert show_age(at - timedelta(seconds=seconds), at=at) == said

    @pytest.mark.parametrize(
        ("language", "said"), [("en", "signed in just now"), ("de", "gerade eben angemeldet")]
    )
    def test_of_a_sign_in_is_a_sentence(self, sams: Browser, language: str, said: str) -> None:
        sams.cookies["language"] = language
        html = sams.get("/account/security/").content.decode()
        assert said in html
        assert "since 0" not in html
        assert "seit vor" not in html


class TestMoves:
    @pytest.mark.parametrize(
        "move", ALL_MOVES, ids=[f"{n}-{move.name}" for n, move in enumerate(ALL_MOVES)]
    )
    def test_say_in_a_sentence_what_happened(self, move: Move) -> None:
        said = str(move.done)
        assert said.endswith(".")
        with translation.override("de"):
            assert str(move.done) not in ("", said)

    def test_of_a_deal_say_it_on_its_page(self, sams: Browser, sam: User) -> None:
        deal = WonDealFactory(by=sam, at=utc_now())
        sams.post(f"/deals/{deal.code}/move/reopen/")
        html = sams.get(f"/deals/{deal.code}/").content.decode()
        assert "The deal is open again." in html
        assert "Done:" not in html


class TestReturns:
    def test_are_called_what_they_are_in_german(self, fay: User, browser_of: Browsers) -> None:
        fays = browser_of(fay)
        fays.cookies["language"] = "de"
        html = fays.get("/returns/").content.decode()
        assert "Rückzahlungen" in html
        assert "Rückgäng" not in html


class TestNewDealForm:
    @staticmethod
    def marked(browser: Browser) -> dict[str, str]:
        """Return what stands beside the labels of a line."""
        html = browser.post("/deals/new/", {"step": "add:lines"}).content.decode()
        found = re.findall(
            r'<label for="f-lines-0-[^"]+">([^<]+?)(?: <span class="opt">(.*?)<)', html
        )
        return dict(found)

    def test_marks_what_may_stay_empty(self, sams: Browser) -> None:
        marked = self.marked(sams)
        assert {"Discount %", "Tax %"} <= {each for each in marked if marked[each] == "optional"}
        assert "Price" not in marked
        assert "Description" not in marked

    def test_marks_what_a_product_says_already(self, sams: Browser, adam: User) -> None:
        ProductFactory()
        marked = self.marked(sams)
        assert marked["Product"] == "optional"
        assert marked["Price"] == marked["Description"] == "optional with a product"


class TestAccount:
    def test_takes_a_picture_as_other_files_are_taken(self, sams: Browser) -> None:
        html = sams.get("/account/").content.decode()
        form = html.split('action="/account/picture/"', 1)[1].split("</form>", 1)[0]
        assert "data-drop" in form
        assert 'accept="image/jpeg,image/png,image/webp"' in form
        assert "multiple" not in form


class TestAuditEvent:
    def test_has_words_above_it_in_german(
        self, adam: User, browser_of: Browsers, sam: User
    ) -> None:
        DealFactory(by=sam, at=utc_now())
        event = EventRecord.objects.filter(name__startswith="deals.").latest("recorded_at")
        adams = browser_of(adam)
        adams.cookies["language"] = "de"
        html = adams.get(f"/audit/{event.pk}/").content.decode()
        crumb = html.split('class="crumb"', 1)[1].split("</p>", 1)[0]
        assert event.name not in crumb
        assert "?kind=" in crumb
        assert "Abschlüsse" in crumb
        assert event.name in html

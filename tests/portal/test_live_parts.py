"""Everything of a page that changes with money stands in a part that changes by itself."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.access.services import assign_role
from tenant_apps.accounts.models import User
from tenant_apps.clients.services import update_client
from tenant_apps.deals.services import TermChanges, amend_deal, note_deal
from tenant_apps.invoices.models import Invoice
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    Approval,
    Refusal,
    approve_payment,
    claim_review,
    request_changes,
)
from tenant_apps.returns.models import Return
from tenant_apps.teams.selectors import find_team_by_name
from tenant_apps.teams.services import add_member
from tests.cast import TEAM_NAME, person_named
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, WonDealFactory, line
from tests.factories.invoices import DraftInvoiceFactory, IssuedInvoiceFactory
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.portal.conftest import Browsers
from tests.portal.live_parts import changed_live, page_at

Names = Mapping[str, str]

APPROVED = {
    "/payments/{payment}/": ("sam", {"head", "state", "went", "decided", "facts", "returns"}),
    "/payments/": ("sam", {"list"}),
    "/deals/{deal}/": ("sam", {"head", "figures", "payments", "invoices", "history"}),
    "/deals/": ("sam", {"list"}),
    "/clients/{client}/": ("sam", {"account", "part"}),
    "/clients/{client}/?part=statement": ("fay", {"account", "part"}),
    "/invoices/": ("fay", {"count", "list"}),
    "/commissions/": ("sam", {"list"}),
    "/dashboard/": ("sam", {"figures", "recent"}),
    "/audit/": ("audrey", {"list"}),
    "/queue/": ("viktor", {"head", "figures", "list"}),
    "/queue/{payment}/": ("viktor", {"head", "lease", "review"}),
}
CAME = {
    "/payments/": ("sam", {"count", "list"}),
    "/deals/": ("sam", {"count", "list"}),
    "/clients/": ("sam", {"count", "list"}),
    "/queue/": ("viktor", {"figures", "list"}),
}


@pytest.fixture
def payment(sam: User, fay: User, adam: User, cast: None) -> Payment:
    """400.00 that wait for verification, and a plan that pays Sam of them."""
    PlanFactory(author=fay, checker=adam, payees=(sam,), at=utc_now())
    return SubmittedPaymentFactory(by=sam, at=utc_now())


@pytest.fixture
def names(payment: Payment) -> Names:
    deal = payment.deal
    assert deal is not None
    return {"payment": payment.code, "deal": deal.code, "client": deal.client.code}


@pytest.fixture
def fays(fay: User, browser_of: Browsers) -> Browser:
    return browser_of(fay)


def approve(payment: Payment) -> object:
    vera, now = person_named("vera"), utc_now()
    return approve_payment(payment_id=payment.pk, checker=vera, approval=Approval(), at=now)


def send_back(payment: Payment) -> object:
    vera, refusal = person_named("vera"), Refusal(reason="Blurred.")
    return request_changes(payment_id=payment.pk, checker=vera, refusal=refusal, at=utc_now())


def sending(browser: Browser, path: str, **typed: str) -> Callable[[], object]:
    """Return what sends a form, which is taken."""

    def send() -> None:
        assert browser.post(path, typed).status_code == 303

    return send


class TestPayment:
    @pytest.mark.parametrize(
        ("path", "who", "parts"), [(path, *case) for path, case in APPROVED.items()]
    )
    def test_that_is_approved_changes_every_page_that_shows_it(
        self,
        path: str,
        who: str,
        parts: set[str],
        payment: Payment,
        names: Names,
        browser_of: Browsers,
    ) -> None:
        browser = browser_of(person_named(who))
        assert changed_live(browser, path.format(**names), partial(approve, payment)) >= parts

    @pytest.mark.parametrize(
        ("path", "who", "parts"), [(path, *case) for path, case in CAME.items()]
    )
    def test_that_comes_changes_the_lists(
        self, path: str, who: str, parts: set[str], payment: Payment, browser_of: Browsers
    ) -> None:
        come = partial(SubmittedPaymentFactory, by=person_named("sam"), at=utc_now())
        assert changed_live(browser_of(person_named(who)), path, come) >= parts

    def test_that_is_sent_back_says_why(self, sams: Browser, payment: Payment) -> None:
        changed = changed_live(sams, f"/payments/{payment.code}/", partial(send_back, payment))
        assert changed >= {"head", "state", "decided"}

    def test_that_no_deal_had_taken_is_applied_by_hand(
        self, fays: Browser, sams: Browser, sam: User, vera: User
    ) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        deal = WonDealFactory(by=sam, at=utc_now(), client=client)
        credit = VerifiedPaymentFactory(by=sam, at=utc_now(), client=client.pk, deal=None)
        typed = {"allocations.0.deal": deal.code, "allocations.0.amount": "50.00"}
        path, of_deal = f"/payments/{credit.code}/", page_at(sams, f"/deals/{deal.code}/")
        changed = changed_live(sams, path, sending(fays, f"{path}apply/", **typed))
        assert changed >= {"state", "went"}
        after = page_at(sams, f"/deals/{deal.code}/")
        assert after.rest == of_deal.rest
        assert after.parts["figures"].words != of_deal.parts["figures"].words


class TestNotice:
    def test_is_of_the_state_that_it_was_said_in(self, sams: Browser, payment: Payment) -> None:
        path = f"/payments/{payment.code}/"
        before = page_at(sams, path).parts["notice"].words
        assert changed_live(sams, path, partial(send_back, payment)) >= {"notice"}
        assert "notice-submitted" in " ".join(before)

    def test_waits_for_the_next_page_while_a_part_is_fetched(
        self, sams: Browser, payment: Payment
    ) -> None:
        path = f"/payments/{payment.code}/"
        assert sams.post(f"{path}move/withdraw/").status_code == 303
        said = b"The payment is withdrawn."
        assert said not in sams.get(path, HTTP_HX_REQUEST="true").content
        assert said in sams.get(path).content
        assert said not in sams.get(path).content


class TestReview:
    def test_that_somebody_takes_is_theirs_at_once(
        self, viktor: User, payment: Payment, browser_of: Browsers, vera: User
    ) -> None:
        take = partial(claim_review, payment_id=payment.pk, by=vera, at=utc_now())
        path = f"/queue/{payment.code}/"
        assert changed_live(browser_of(viktor), path, take) >= {"lease", "review"}

    def test_says_who_decided_meanwhile_above_what_was_typed(
        self, viktor: User, vera: User, payment: Payment, browser_of: Browsers
    ) -> None:
        path = f"/queue/{payment.code}/"
        send_back(payment)
        lease = " ".join(page_at(browser_of(viktor), path).parts["lease"].words)
        assert vera.full_name in lease
        assert "Changes requested" in lease

    def test_leads_on_when_it_is_decided(
        self, viktor: User, sam: User, payment: Payment, browser_of: Browsers
    ) -> None:
        second = SubmittedPaymentFactory(by=sam, at=utc_now())
        approve(payment)
        head = " ".join(page_at(browser_of(viktor), f"/queue/{payment.code}/").parts["head"].words)
        assert f"/queue/{second.code}/" in head


class TestReturn:
    @pytest.fixture
    def verified(self, sam: User, vera: User) -> Payment:
        return VerifiedPaymentFactory(by=sam, at=utc_now())

    def asking(self, browser: Browser, payment: Payment) -> Callable[[], object]:
        path = f"/payments/{payment.code}/return/refund/"
        return sending(browser, path, amount="150.00", reason="The client asked.")

    def test_that_is_asked_for_shows_on_its_payment_and_in_the_list(
        self, sams: Browser, veras: Browser, verified: Payment
    ) -> None:
        ask = self.asking(sams, verified)
        assert changed_live(veras, f"/payments/{verified.code}/", ask) >= {"returns"}
        assert changed_live(veras, "/returns/", ask) >= {"list"}

    def test_that_is_sent_changes_every_page_that_shows_it(
        self, sams: Browser, veras: Browser, fays: Browser, verified: Payment
    ) -> None:
        self.asking(sams, verified)()
        asked = Return.objects.get()
        path, seen = f"/returns/{asked.code}/", {"content_hash": asked.content_hash}
        decide = sending(veras, f"{path}approve/", **seen)
        assert changed_live(sams, path, decide) >= {"head", "state", "acts"}
        deal = verified.deal
        assert deal is not None
        of_deal = page_at(sams, f"/deals/{deal.code}/")
        send = sending(fays, f"{path}sent/", reference="R-1", **seen)
        changed = changed_live(sams, f"/payments/{verified.code}/", send)
        assert changed >= {"state", "went", "returns"}
        after = page_at(sams, f"/deals/{deal.code}/")
        assert after.rest == of_deal.rest
        assert after.parts["figures"].words != of_deal.parts["figures"].words


class TestInvoice:
    @pytest.fixture
    def invoice(self, sam: User, fay: User) -> Invoice:
        return IssuedInvoiceFactory(at=utc_now())

    def test_that_is_paid(self, sams: Browser, sam: User, vera: User, invoice: Invoice) -> None:
        pay = partial(VerifiedPaymentFactory, by=sam, deal=invoice.deal, at=utc_now())
        changed = changed_live(sams, f"/invoices/{invoice.number}/", pay)
        assert changed >= {"head", "figures", "met"}

    def test_that_is_credited(self, sams: Browser, fays: Browser, invoice: Invoice) -> None:
        credit = sending(
            fays, f"/invoices/{invoice.number}/credit/", amount="100.00", reason="One was broken."
        )
        changed = changed_live(sams, f"/invoices/{invoice.number}/", credit)
        assert changed >= {"figures", "notes"}
        assert changed_live(fays, "/credit-notes/", credit) >= {"count", "list"}

    def test_that_is_drafted_or_issued(self, sams: Browser, fays: Browser, sam: User) -> None:
        draft = partial(DraftInvoiceFactory, at=utc_now())
        assert changed_live(fays, "/invoices/", draft) >= {"count", "list"}
        path = f"/invoices/{Invoice.objects.get().pk}/"
        issue = sending(fays, f"{path}issue/")
        assert changed_live(sams, path, issue) >= {"head", "figures", "sending"}

    def test_that_a_link_shows(self, fays: Browser, sams: Browser, invoice: Invoice) -> None:
        def link() -> None:
            made = fays.post(f"/invoices/{invoice.number}/links/", {"days": "30"})
            assert made.status_code == 200

        assert changed_live(sams, f"/invoices/{invoice.number}/", link) >= {"sending"}


class TestDeal:
    def test_that_a_colleague_notes_something_of(self, sams: Browser, theo: User) -> None:
        deal = DealFactory(at=utc_now())
        note = partial(note_deal, deal_id=deal.pk, text="Call them.", by=theo, at=utc_now())
        assert changed_live(sams, f"/deals/{deal.code}/", note) == {"history"}

    def test_that_is_amended_shows_its_new_terms(self, sams: Browser, adam: User) -> None:
        deal = WonDealFactory(at=utc_now())
        amend = partial(
            amend_deal,
            deal_id=deal.pk,
            changes=TermChanges(lines=(line("1200.00"),)),
            reason="More",
            by=adam,
            at=utc_now(),
        )
        changed = changed_live(sams, f"/deals/{deal.code}/", amend)
        assert changed >= {"figures", "terms", "versions", "history"}


class TestClient:
    def test_that_comes_is_counted(self, sams: Browser, sam: User) -> None:
        come = partial(ClientFactory, by=sam, at=utc_now())
        assert changed_live(sams, "/clients/", come) == {"count", "list"}

    def test_that_is_changed_shows_so(self, sams: Browser, adam: User, sam: User) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        change = partial(
            update_client,
            client_id=client.pk,
            changes={"name": "Northwind", "phone": "+1 555 0100"},
            expected_version=client.version,
            by=adam,
            at=utc_now(),
        )
        assert changed_live(sams, f"/clients/{client.code}/", change) >= {"head", "details"}


class TestPeople:
    def test_who_are_suspended_or_change_change_their_pages(
        self, browser_of: Browsers, adam: User, olga: User, sam: User
    ) -> None:
        adams = browser_of(adam)
        steps = browser_of(olga)
        suspend = sending(steps, f"/people/{sam.pk}/move/suspend/", reason="Left.")
        assert changed_live(adams, f"/people/{sam.pk}/", suspend) == {"person"}
        reactivate = sending(steps, f"/people/{sam.pk}/move/reactivate/")
        assert changed_live(adams, "/people/", reactivate) == {"list"}

    def test_who_get_a_role_change_their_pages(
        self, browser_of: Browsers, adam: User, olga: User, sam: User
    ) -> None:
        give = partial(assign_role, user_id=sam.pk, role="verifier", by=olga, at=utc_now())
        assert changed_live(browser_of(adam), f"/people/{sam.pk}/", give) == {"person"}

    def test_who_join_a_team_change_its_pages(self, browser_of: Browsers, olga: User) -> None:
        team, reader = find_team_by_name(TEAM_NAME), browser_of(person_named("audrey"))
        assert team is not None
        for who, path, part in (
            ("fay", f"/teams/{team.pk}/", "members"),
            ("vera", "/teams/", "list"),
        ):
            join = partial(
                add_member,
                team_id=team.pk,
                user_id=person_named(who).pk,
                valid_from=local_day_of(utc_now()),
                by=olga.actor,
                at=utc_now(),
            )
            assert changed_live(reader, path, join) == {part}

"""Reminders: which are due, to whom, how often, and what holds them back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connections, transaction

from shared_apps.audit.models import EventRecord
from shared_apps.jobs.reports import RunReport
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.settings import parse_settings
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.selectors import lock_deal
from tenant_apps.invoices.models import Invoice, Reminder
from tenant_apps.invoices.selectors import due_reminders
from tenant_apps.invoices.services import (
    NothingToRemindOf,
    RemindedToday,
    RemindersNotPaused,
    credit_invoice,
    pause_invoice_reminders,
    remind_client,
    resume_invoice_reminders,
    send_due_reminders,
)
from tests.cast import make_cast
from tests.client import PrsClient, error, ok
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.policies import chosen
from tests.invoices.stories import pay
from tests.invoices.test_invoice_policies import days_later
from tests.invoices.test_invoice_series import AT
from tests.payments.figures import dollars
from tests.payments.racing import race
from tests.queries import queries_of

URL = "/api/business/invoices/"
DUE_DAY = 14  # the invoice is due so many days after noon


def invoice_of(by: User, at: datetime, client: Client | None = None) -> Invoice:
    """Return an issued invoice over 1,000.00 that is due in 14 days."""
    given = {"client": client} if client else {}
    issued: Invoice = IssuedInvoiceFactory(deal=WonDealFactory(by=by, at=at, **given), at=at)
    Client.objects.filter(pk=issued.client_id).update(email="office@northwind.example")
    return issued


@pytest.fixture
def invoice(sam: User, at_noon: datetime) -> Invoice:
    """Return an open invoice."""
    return invoice_of(sam, at_noon)


def run(at: datetime, day: int, **settings: object) -> int:
    """Let the job run so many days after noon; return how many reminders it wrote."""
    with chosen(reminders_enabled=True, **settings):
        return send_due_reminders(at=days_later(at, day)).done


class TestSchedule:
    def test_reminds_3_10_and_20_days_after_the_due_day(
        self, invoice: Invoice, at_noon: datetime
    ) -> None:
        days = (13, 14, 16, 17, 18, 23, 24, 33, 34, 35, 90)
        assert [run(at_noon, day) for day in days] == [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0]
        levels = Reminder.objects.order_by("level").values_list("level", flat=True)
        assert list(levels) == [1, 2, 3]

    def test_keeps_the_text_as_it_was_sent(self, invoice: Invoice, at_noon: datetime) -> None:
        run(at_noon, 17)
        mail = Reminder.objects.get().mail
        assert mail.subject == "Reminder: invoice INV-2026-000001"
        assert "USD 1,000.00 is still open" in mail.body

    def test_may_say_a_word_before_the_due_day(self, invoice: Invoice, at_noon: datetime) -> None:
        counts = [run(at_noon, day, reminder_before_due_days=5) for day in (8, 9, 10, 14, 17)]
        assert counts == [0, 1, 0, 0, 1]

    def test_passes_over_levels_that_were_missed(self, invoice: Invoice, at_noon: datetime) -> None:
        assert [run(at_noon, day) for day in (60, 61)] == [1, 0]
        assert Reminder.objects.get().level == 3

    def test_does_nothing_unless_it_is_wanted(self, invoice: Invoice, at_noon: datetime) -> None:
        assert send_due_reminders(at=days_later(at_noon, 60)).done == 0


class TestLimits:
    def test_writes_to_a_client_once_a_day(self, sam: User, at_noon: datetime) -> None:
        first = invoice_of(sam, at_noon)
        invoice_of(sam, at_noon, Client.objects.get(pk=first.client_id))
        assert [run(at_noon, day) for day in (17, 17, 18, 19)] == [1, 0, 1, 0]

    def test_writes_to_a_client_so_many_times_at_most(
        self, invoice: Invoice, at_noon: datetime
    ) -> None:
        counts = [run(at_noon, day, reminders_at_most=2) for day in (17, 24, 34)]
        assert counts == [1, 1, 0]

    def test_never_writes_about_what_is_paid(
        self, invoice: Invoice, vera: User, at_noon: datetime
    ) -> None:
        pay(invoice.deal, dollars(1000), checker=vera, at=at_noon)
        assert run(at_noon, 60) == 0

    def test_names_what_is_open_of_a_part_payment(
        self, invoice: Invoice, vera: User, at_noon: datetime
    ) -> None:
        pay(invoice.deal, dollars(400), checker=vera, at=at_noon)
        run(at_noon, 17)
        assert "USD 600.00" in Reminder.objects.get().mail.body

    def test_never_writes_about_what_is_credited(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        credit_invoice(invoice_id=invoice.pk, amount=None, reason="Broken.", by=fay, at=at_noon)
        assert run(at_noon, 60) == 0

    def test_needs_an_address(self, invoice: Invoice, at_noon: datetime) -> None:
        Client.objects.update(email="")
        assert run(at_noon, 60) == 0

    def test_holds_back_while_paused(self, invoice: Invoice, fay: User, at_noon: datetime) -> None:
        for _ in range(2):
            pause_invoice_reminders(
                invoice_id=invoice.pk, reason="Disputed.", is_dispute=True, by=fay, at=at_noon
            )
        assert run(at_noon, 60) == 0
        with pytest.raises(NothingToRemindOf):
            remind_client(invoice_id=invoice.pk, by=fay, at=at_noon)
        resume_invoice_reminders(invoice_id=invoice.pk, by=fay, at=at_noon)
        with pytest.raises(RemindersNotPaused):
            resume_invoice_reminders(invoice_id=invoice.pk, by=fay, at=at_noon)
        assert run(at_noon, 60) == 1

    def test_holds_back_all_of_a_paused_client(
        self,
        as_fay: PrsClient,
        as_sam: PrsClient,
        as_mallory: PrsClient,
        invoice: Invoice,
        at_noon: datetime,
    ) -> None:
        url = f"/api/business/clients/{invoice.client_id}/"
        error(as_sam.post(f"{url}pause-reminders/", {"reason": "x"}), 403)
        error(as_mallory.post(f"{url}pause-reminders/", {"reason": "x"}), 404)
        for _ in range(2):
            ok(as_fay.post(f"{url}pause-reminders/", {"reason": "Patience."}), 204)
        assert run(at_noon, 60) == 0
        error(as_mallory.post(f"{url}resume-reminders/"), 404)
        ok(as_fay.post(f"{url}resume-reminders/"), 204)
        error(as_fay.post(f"{url}resume-reminders/"), 409)
        assert run(at_noon, 60) == 1
        names = EventRecord.objects.filter(subject_id=invoice.client_id)
        events = names.filter(name__startswith="invoices.").order_by("recorded_at", "id")
        assert [event.name for event in events] == [
            "invoices.client_reminders_paused",
            "invoices.client_reminders_resumed",
        ]

    def test_costs_the_same_for_one_and_for_many(
        self, sam: User, as_fay: PrsClient, at_noon: datetime
    ) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                invoice_of(sam, at_noon)
            late = days_later(at_noon, 60)
            due = queries_of(lambda: due_reminders(at=late))  # noqa: B023  called at once
            costs.append((due, queries_of(lambda: as_fay.get(f"{URL}reminders/preview/"))))
        assert costs[0] == costs[1]


class TestByHand:
    def test_sends_the_next_level_once_a_day(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        late = days_later(at_noon, 60)
        assert remind_client(invoice_id=invoice.pk, by=fay, at=late).level == 1
        with pytest.raises(RemindedToday):
            remind_client(invoice_id=invoice.pk, by=fay, at=late)
        later = days_later(at_noon, 61)
        assert remind_client(invoice_id=invoice.pk, by=fay, at=later).level == 2

    def test_says_a_friendly_word_once_before_it_is_late(
        self, invoice: Invoice, fay: User, at_noon: datetime
    ) -> None:
        early = remind_client(invoice_id=invoice.pk, by=fay, at=at_noon)
        assert early.level == 0
        assert "was due" not in early.mail.body
        with pytest.raises(NothingToRemindOf, match=r"is due on .* reminded of that already"):
            remind_client(invoice_id=invoice.pk, by=fay, at=days_later(at_noon, 1))
        late = days_later(at_noon, 60)
        assert remind_client(invoice_id=invoice.pk, by=fay, at=late).level == 1

    def test_works_over_http(
        self, as_fay: PrsClient, as_sam: PrsClient, as_mallory: PrsClient, invoice: Invoice
    ) -> None:
        url = f"{URL}{invoice.pk}/"
        error(as_sam.post(f"{url}remind/"), 403)
        error(as_mallory.post(f"{url}remind/"), 404)
        assert ok(as_fay.post(f"{url}remind/"), 202)["subject"].startswith("Reminder")
        error(as_sam.post(f"{url}pause-reminders/", {"reason": "x"}), 403)
        ok(as_fay.post(f"{url}pause-reminders/", {"reason": "Disputed.", "is_dispute": True}), 204)
        assert error(as_fay.post(f"{url}remind/"), 409)["code"] == "nothing_to_remind_of"
        ok(as_fay.post(f"{url}resume-reminders/"), 204)
        assert error(as_fay.post(f"{url}resume-reminders/"), 409)["code"] == "reminders_not_paused"
        assert error(as_fay.post(f"{url}remind/"), 409)["code"] == "reminded_today"

    def test_previews_what_would_be_sent(
        self, as_fay: PrsClient, as_sam: PrsClient, as_mallory: PrsClient, invoice: Invoice
    ) -> None:
        (row,) = ok(as_fay.get(f"{URL}reminders/preview/"))["results"]  # due long ago by now
        assert (row["invoice"]["number"], row["level"]) == (invoice.number, 3)
        assert row["body"].startswith("Dear ")
        error(as_sam.get(f"{URL}reminders/preview/"), 403)
        assert ok(as_mallory.get(f"{URL}reminders/preview/"))["results"] == []
        assert not Reminder.objects.exists()


def test_are_written_once_by_12_workers(fresh_tenant: Tenant) -> None:
    people = make_cast(at=AT)
    invoice_of(people["sam"], AT)
    with chosen(reminders_enabled=True) as eager:
        calls = [partial(send_due_reminders, at=days_later(AT, 60))] * 12
        assert race(eager, calls) == {"ok": 12}
    assert Reminder.objects.count() == 1


@contextmanager
def held(tenant: Tenant, deal_id: UUID) -> Iterator[None]:
    """Let somebody else's transaction hold a deal."""
    is_held, may_go = Event(), Event()

    def hold() -> None:
        with use_tenant(tenant):
            with transaction.atomic():
                lock_deal(deal_id)
                is_held.set()
                may_go.wait(timeout=30)
            connections.close_all()

    holder = Thread(target=hold)
    holder.start()
    is_held.wait(timeout=10)
    try:
        yield
    finally:
        may_go.set()
        holder.join()


def test_go_on_after_one_that_fails_and_say_so(fresh_tenant: Tenant) -> None:
    sam = make_cast(at=AT)["sam"]
    stuck, other = invoice_of(sam, AT), invoice_of(sam, AT)
    with chosen(reminders_enabled=True), held(fresh_tenant, stuck.deal_id):
        report = send_due_reminders(at=days_later(AT, 17))
    assert report == RunReport(done=1, failed=1)
    assert [each.invoice_id for each in Reminder.objects.all()] == [other.pk]


@pytest.mark.parametrize(
    "settings",
    [
        {"reminder_days": [10, 3]},
        {"reminder_days": [1, 2, 3, 4, 5, 6, 7]},
        {"reminders_enabled": "yes"},
        {"reminder_before_due_days": -1},
        {"brand_colour": "red"},
        {"brand_logo": "../etc"},
        {"invoice_locale": "german"},
        {"payment_instructions": "x" * 1001},
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationFailed):
        parse_settings(settings)

"""Merging two clients that are one: everything moves, nothing is lost."""

from datetime import datetime
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.money import Money
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewContact, log_contact, merge_clients, update_client
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import ClientIsArchived, NewDeal, create_deal
from tenant_apps.invoices.models import Invoice, ReminderPause
from tenant_apps.invoices.services import pause_client_reminders
from tenant_apps.ledger.selectors import open_balances_of_client, trial_balance
from tenant_apps.payments.models import Payment
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory, line
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)
from tests.together import run_together

URL = "/api/business/clients/"
WHY = {"reason": "The same VAT number."}


@pytest.fixture
def northwind(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", tags=("vip",), by=sam, at=at_noon)


@pytest.fixture
def duplicate(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(
        name="Nordwind",
        phone="+49 40 1",
        external_id="X9",
        tags=("vip", "north"),
        remarks="Pays late.",
        contacts=({"name": "Nora", "role": "", "email": "", "phone": ""},),
        by=sam,
        at=at_noon,
    )


def merge(client: PrsClient, into: Client, duplicate: Client, **body: Any) -> Any:
    given = {"duplicate": duplicate.code, **WHY, **body}
    return client.post(f"{URL}{into.code}/merge/", given)


class TestMergeClients:
    @pytest.mark.parametrize("reason", ["Nordwind", "Northwind"])
    def test_keeps_reminders_back(
        self, northwind: Client, duplicate: Client, fay: User, as_olga: PrsClient, reason: str
    ) -> None:
        at = northwind.created_at
        for client in {duplicate.name: [duplicate], northwind.name: [duplicate, northwind]}[reason]:
            pause_client_reminders(client_id=client.pk, reason=client.name, by=fay, at=at)
        ok(merge(as_olga, northwind, duplicate))

        [held] = ReminderPause.objects.filter(ended_at=None)
        assert (held.client_id, held.paused_by_id) == (northwind.pk, fay.pk)
        assert held.reason == reason
        events = history_of(subject_type="clients.client", subject_id=northwind.pk)
        assert [each.name for each in events].count("invoices.client_reminders_paused") == 1

    def test_fills_what_is_missing_and_keeps_what_is_there(
        self, as_adam: PrsClient, northwind: Client, duplicate: Client
    ) -> None:
        merged = ok(merge(as_adam, northwind, duplicate))

        assert (merged["name"], merged["email"]) == ("Northwind", northwind.email)
        assert (merged["phone"], merged["external_id"]) == ("+49 40 1", "X9")
        assert (merged["tags"], merged["remarks"]) == (["vip", "north"], "Pays late.")
        assert [contact["name"] for contact in merged["contacts"]] == ["Nora"]
        shown = ok(as_adam.get(f"{URL}{duplicate.code}/"))
        assert shown["merged_into"]["code"] == northwind.code
        assert shown["archived_at"] is not None
        event = history_of(subject_type="clients.client", subject_id=northwind.pk)[0]
        assert (event.name, event.reason) == ("clients.clients_merged", WHY["reason"])
        assert event.before is not None
        assert event.before["duplicate"]["phone"] == "+49 40 1"

    def test_moves_deals_payments_invoices_and_balances(
        self,
        as_adam: PrsClient,
        northwind: Client,
        duplicate: Client,
        sam: User,
        at_noon: datetime,
    ) -> None:
        deal = WonDealFactory(by=sam, client=duplicate, at=at_noon)
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
        draft = PaymentFactory(deal=deal, by=sam, at=at_noon)
        log_contact(
            client_id=duplicate.pk, new=NewContact(kind="call", outcome="Hi"), by=sam, at=at_noon
        )
        before = trial_balance()

        ok(merge(as_adam, northwind, duplicate))

        for model in (Deal, Payment, Invoice):
            assert not model.objects.filter(client_id=duplicate.pk).exists()
            assert model.objects.filter(client_id=northwind.pk).exists()
        assert northwind.contact_log.count() == 1
        assert open_balances_of_client(duplicate.pk) == []
        (balance,) = open_balances_of_client(northwind.pk)
        assert balance.outstanding == Money.of("600.00", "USD")
        assert [row.balance for row in trial_balance()] == [row.balance for row in before]
        stored = draft.content_hash
        draft.refresh_from_db()
        assert draft.content_hash != stored

    def test_keeps_whom_an_issued_invoice_was_made_out_to(
        self,
        as_adam: PrsClient,
        northwind: Client,
        duplicate: Client,
        sam: User,
        at_noon: datetime,
    ) -> None:
        deal = WonDealFactory(by=sam, client=duplicate, at=at_noon)
        VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon)
        invoice = Invoice.objects.get(deal=deal)
        ok(merge(as_adam, northwind, duplicate))

        invoice.refresh_from_db()
        assert (invoice.client_id, invoice.party["legal_name"]) == (northwind.pk, "Nordwind GmbH")

    def test_waits_for_payments_in_review(
        self,
        as_adam: PrsClient,
        northwind: Client,
        duplicate: Client,
        sam: User,
        at_noon: datetime,
    ) -> None:
        deal = WonDealFactory(by=sam, client=duplicate, at=at_noon)
        SubmittedPaymentFactory(deal=deal, by=sam, at=at_noon)

        refused = error(merge(as_adam, northwind, duplicate), 409)
        assert refused["code"] == "client_has_payments_in_review"
        assert Client.objects.get(pk=duplicate.pk).merged_into_id is None

    def test_refuses_itself_a_second_time_and_no_reason(
        self, as_adam: PrsClient, northwind: Client, duplicate: Client
    ) -> None:
        assert error(merge(as_adam, northwind, northwind), 409)["code"] == "same_client"
        nothing = error(merge(as_adam, northwind, duplicate, reason=" "), 400)
        assert nothing["errors"][0]["field"] == "/reason"
        ok(merge(as_adam, northwind, duplicate))
        assert error(merge(as_adam, northwind, duplicate), 409)["code"] == "client_frozen"
        assert error(merge(as_adam, duplicate, northwind), 409)["code"] == "client_frozen"

    def test_says_the_same_of_a_foreign_and_of_no_duplicate(
        self, as_adam: PrsClient, northwind: Client
    ) -> None:
        for nobody in ("CL-0999", "01a20000-0000-4000-8000-000000000000"):
            path = f"{URL}{northwind.code}/merge/"
            refused = error(as_adam.post(path, {"duplicate": nobody, **WHY}), 400)
            assert refused["errors"][0]["code"] == "not_found"

    def test_is_refused_to_sellers_leads_and_auditors(
        self,
        northwind: Client,
        duplicate: Client,
        as_sam: PrsClient,
        as_theo: PrsClient,
        as_audrey: PrsClient,
    ) -> None:
        for client in (as_sam, as_theo, as_audrey):
            assert error(merge(client, northwind, duplicate), 403)["code"] == "permission_denied"

    def test_is_not_found_from_another_organization(
        self, northwind: Client, duplicate: Client, as_mallory: PrsClient
    ) -> None:
        assert error(merge(as_mallory, northwind, duplicate), 404)["code"] == "not_found"

    def test_freezes_the_duplicate(
        self,
        as_adam: PrsClient,
        northwind: Client,
        duplicate: Client,
        sam: User,
        at_noon: datetime,
    ) -> None:
        ok(merge(as_adam, northwind, duplicate))
        path = f"{URL}{duplicate.code}/"

        version = Client.objects.get(pk=duplicate.pk).version
        changed = as_adam.patch(path, {"remarks": "x"}, version=version)
        assert error(changed, 409)["code"] == "client_frozen"
        assert error(as_adam.post(f"{path}restore/"), 409)["code"] == "client_frozen"
        with pytest.raises(ClientIsArchived):
            create_deal(
                new=NewDeal(name="X", client=duplicate.code, lines=(line(),)), by=sam, at=at_noon
            )

    def test_loses_no_deal_that_is_made_meanwhile(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        adam = person_named("adam")
        one, two = (ClientFactory(name=name, by=adam, at=at_noon) for name in ("One", "Two"))
        new = NewDeal(name="Deal", client=two.pk, lines=(line(),))
        making = [partial(create_deal, new=new, by=adam, at=at_noon) for _ in range(12)]
        merging = partial(
            merge_clients,
            client_id=one.pk,
            duplicate_id=two.pk,
            reason="Same",
            by=adam,
            at=at_noon,
        )
        outcomes = run_together(fresh_tenant, [*making[:6], merging, *making[6:]])

        made = [each for each in outcomes if isinstance(each, Deal)]
        refused = [each for each in outcomes if isinstance(each, ClientIsArchived)]
        assert len(made) + len(refused) == 12, outcomes
        assert Deal.objects.filter(client=one).count() == len(made)
        assert not Deal.objects.filter(client=two).exists()


class TestRestoreClient:
    def test_puts_an_archived_client_back(self, as_adam: PrsClient, northwind: Client) -> None:
        as_adam.delete(f"{URL}{northwind.code}/")
        for _ in range(2):
            assert ok(as_adam.post(f"{URL}{northwind.code}/restore/"))["archived_at"] is None
        events = history_of(subject_type="clients.client", subject_id=northwind.pk)
        assert [event.name for event in events].count("clients.client_restored") == 1

    def test_is_refused_to_a_seller(self, as_sam: PrsClient, northwind: Client) -> None:
        refused = as_sam.post(f"{URL}{northwind.code}/restore/")
        assert error(refused, 403)["code"] == "permission_denied"


class TestSatisfaction:
    def test_is_one_to_five(self, as_sam: PrsClient, northwind: Client) -> None:
        path = f"{URL}{northwind.code}/"
        assert ok(as_sam.patch(path, {"satisfaction": 5}, version=1))["satisfaction"] == 5
        assert ok(as_sam.patch(path, {"satisfaction": None}, version=2))["satisfaction"] is None
        for wrong in (0, 6):
            refused = error(as_sam.patch(path, {"satisfaction": wrong}, version=3), 400)
            assert refused["errors"][0]["field"] == "/satisfaction"

    def test_is_held_by_the_database_too(
        self, northwind: Client, sam: User, at_noon: datetime
    ) -> None:
        changed = update_client(
            client_id=northwind.pk,
            changes={"satisfaction": 3},
            expected_version=1,
            by=sam,
            at=at_noon,
        )
        assert changed.satisfaction == 3

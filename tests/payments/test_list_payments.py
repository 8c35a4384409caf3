"""Who sees which payments, in which lists, at which cost."""

from datetime import datetime, timedelta

import pytest

from tenant_apps.access.models import Role, RoleAssignment
from tenant_apps.accounts.models import User
from tenant_apps.payments.models import Payment
from tenant_apps.payments.selectors import get_payment
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory, split
from tests.factories.payments import PaymentFactory, SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.payments.figures import dollars
from tests.queries import queries_of

URL = "/api/business/payments/"


def codes(client: PrsClient, url: str = URL) -> list[str]:
    """Return the codes of the listed payments, in order."""
    return [row["code"] for row in ok(client.get(url))["results"]]


class TestWhoSeesPayments:
    def test_is_their_maker_and_whoever_is_credited(
        self, sam: User, suki: User, as_sam: PrsClient, as_suki: PrsClient
    ) -> None:
        shared = WonDealFactory(by=sam, splits=split((sam, "70"), (suki, "30")))
        SubmittedPaymentFactory(by=sam, deal=shared)
        SubmittedPaymentFactory(by=sam)
        SubmittedPaymentFactory(by=suki)

        assert codes(as_sam) == ["PY-0002", "PY-0001"]
        assert codes(as_suki) == ["PY-0003", "PY-0001"]

    def test_is_the_owner_of_the_client_while_no_deal_has_them(
        self, sam: User, suki: User, adam: User, as_suki: PrsClient
    ) -> None:
        client = ClientFactory(by=suki)
        given = {"client": client, "by": adam}
        SubmittedPaymentFactory(deal=None, **given)
        SubmittedPaymentFactory(deal=WonDealFactory(**given), **given)
        SubmittedPaymentFactory(deal=None, client=ClientFactory(by=sam), by=adam)

        assert codes(as_suki) == ["PY-0001"]

    def test_is_not_to_decide_because_the_client_is_theirs(
        self, suki: User, adam: User, at_noon: datetime
    ) -> None:
        role = Role.objects.get(code="reviewer")
        RoleAssignment.objects.create(user=suki, role=role, assigned_at=at_noon)
        payment = SubmittedPaymentFactory(deal=None, client=ClientFactory(by=suki), by=adam)

        assert get_payment(reference=payment.pk, viewer=suki) == payment
        with pytest.raises(Payment.DoesNotExist):
            get_payment(reference=payment.pk, viewer=suki, permission="payments.decide")

    def test_is_the_leader_of_their_team_and_whoever_sees_all(
        self, sam: User, as_theo: PrsClient, as_vera: PrsClient, as_audrey: PrsClient
    ) -> None:
        SubmittedPaymentFactory(by=sam)

        for client in (as_theo, as_vera, as_audrey):
            assert codes(client) == ["PY-0001"]

    def test_is_nobody_without_the_permission(self, as_tim: PrsClient) -> None:
        error(as_tim.get(URL), 403)

    def test_is_nobody_of_another_organization(self, sam: User, as_mallory: PrsClient) -> None:
        payment = SubmittedPaymentFactory(by=sam)

        assert codes(as_mallory) == []
        error(as_mallory.get(f"{URL}{payment.pk}/"), 404)
        error(as_mallory.get(f"{URL}{payment.code}/"), 404)


class TestListPayments:
    def test_costs_the_same_for_one_and_for_many(self, sam: User, as_vera: PrsClient) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                SubmittedPaymentFactory(by=sam)
            costs.append(queries_of(lambda: codes(as_vera)))

        assert costs[0] == costs[1]

    def test_walks_by_cursor_without_gaps(self, sam: User, as_vera: PrsClient) -> None:
        for _ in range(5):
            SubmittedPaymentFactory(by=sam)
        page = ok(as_vera.get(f"{URL}?page_size=2"))
        seen = [row["code"] for row in page["results"]]
        while page["pagination"]["next"]:
            page = ok(as_vera.get(page["pagination"]["next"]))
            seen += [row["code"] for row in page["results"]]

        assert seen == [f"PY-000{number}" for number in (5, 4, 3, 2, 1)]

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("status=draft", ["PY-0002"]),
            ("method=cash", ["PY-0003"]),
            ("currency=USD&amount_min=500", ["PY-0003"]),
            ("currency=USD&amount_max=400.00", ["PY-0002", "PY-0001"]),
            ("search=ref-special", ["PY-0003"]),
            ("search=py-0001", ["PY-0001"]),
            ("deal=DL-0001", ["PY-0001"]),
            ("client=CL-0002", ["PY-0002"]),
            ("external_id=X-7", ["PY-0002"]),
            ("received_to=2020-01-01", []),
            ("ordering=amount", ["PY-0002", "PY-0001", "PY-0003"]),
        ],
    )
    def test_finds_what_is_asked_for(
        self, sam: User, as_vera: PrsClient, query: str, found: list[str]
    ) -> None:
        SubmittedPaymentFactory(by=sam)
        PaymentFactory(by=sam, external_id="X-7")
        SubmittedPaymentFactory(by=sam, method="cash", money=dollars(500), reference="ref-special")

        assert codes(as_vera, f"{URL}?{query}") == found

    @pytest.mark.parametrize(
        "query", ["colour=red", "amount_min=5", "status=lost", "ordering=maker", "maker=me"]
    )
    def test_refuses_what_it_does_not_know(self, as_vera: PrsClient, query: str) -> None:
        error(as_vera.get(f"{URL}?{query}"), 400)

    def test_of_a_deal_lists_only_its_own(
        self, sam: User, as_sam: PrsClient, as_suki: PrsClient, as_mallory: PrsClient
    ) -> None:
        payment = SubmittedPaymentFactory(by=sam)
        SubmittedPaymentFactory(by=sam)
        url = f"/api/business/deals/{payment.deal_id}/payments/"

        assert codes(as_sam, url) == [payment.code]
        error(as_suki.get(url), 404)
        error(as_mallory.get(url), 404)


class TestTheQueue:
    def test_lists_what_waits_oldest_first_with_its_age(
        self, sam: User, as_vera: PrsClient, at_noon: datetime
    ) -> None:
        later = SubmittedPaymentFactory(by=sam, at=at_noon + timedelta(days=1))
        earlier = SubmittedPaymentFactory(by=sam, at=at_noon, duplicate_justification="")
        PaymentFactory(by=sam, at=at_noon)
        VerifiedPaymentFactory(by=sam, at=at_noon)

        rows = ok(as_vera.get(f"{URL}queue/"))["results"]
        assert [row["code"] for row in rows] == [earlier.code, later.code]
        assert rows[0]["age_seconds"] > rows[1]["age_seconds"] > 0
        assert [row["is_possible_duplicate"] for row in rows] == [False, True]

    def test_leaves_out_what_the_viewer_may_not_decide(
        self, adam: User, sam: User, as_adam: PrsClient, as_vera: PrsClient
    ) -> None:
        own = SubmittedPaymentFactory(by=adam)
        credited = WonDealFactory(by=sam, splits=split((adam, "100")))
        on_credit = SubmittedPaymentFactory(by=sam, deal=credited)

        assert codes(as_adam, f"{URL}queue/") == []
        assert codes(as_vera, f"{URL}queue/") == [own.code, on_credit.code]

    def test_is_closed_to_other_roles(self, as_sam: PrsClient, as_audrey: PrsClient) -> None:
        error(as_sam.get(f"{URL}queue/"), 403)
        error(as_audrey.get(f"{URL}queue/"), 403)

    def test_costs_the_same_for_one_and_for_many(self, sam: User, as_vera: PrsClient) -> None:
        costs = []
        for count in (1, 9):
            for _ in range(count):
                SubmittedPaymentFactory(by=sam)
            costs.append(queries_of(lambda: codes(as_vera, f"{URL}queue/")))

        assert costs[0] == costs[1]

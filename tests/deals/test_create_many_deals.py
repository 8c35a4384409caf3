"""Many deals at once are what one by one they would be."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import ValidationFailed
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tenant_apps.deals.services import (
    DiscountNeedsApproval,
    ExternalIdTaken,
    InvalidTerms,
    NewDeal,
    create_deal,
    create_deals,
)
from tenant_apps.ledger.selectors import balance_of
from tenant_apps.ledger.services import AccountCode
from tests.factories.clients import ClientFactory
from tests.factories.deals import line, split


@pytest.fixture
def client(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(by=sam, at=at_noon)


@pytest.fixture
def news(client: Client, sam: User, suki: User) -> list[NewDeal]:
    taxed = line("1000.00", tax_rate_percent=Decimal(19))
    return [
        NewDeal(name="Open", client=client.pk, lines=(line("10.00"), line("0.01"))),
        NewDeal(name="Won", client=client.pk, status="won", lines=(taxed,), external_id="X1"),
        NewDeal(name="Draft", client=client.pk, status="draft"),
        NewDeal(
            name="Shared",
            client=client.pk,
            status="won",
            lines=(taxed,),
            splits=split((sam, "70"), (suki, "30")),
        ),
    ]


def shape(deal: Deal) -> dict[str, Any]:
    """Return everything of a deal but its ids, code and external id."""
    version = deal.current_version
    return {
        "deal": (deal.name, deal.client_id, deal.owner_id, deal.status, deal.won_at, deal.deal_on),
        "version": (version.number, version.currency, version.net, version.tax, version.total),
        "hash": version.content_hash,
        "lines": list(version.lines.order_by("position").values_list("description", "net", "tax")),
        "instalments": list(version.instalments.values_list("due_on", "amount", "kind")),
        "splits": list(deal.splits.order_by("payee_id").values_list("payee_id", "share_percent")),
        "events": [
            (each.name, each.actor_id, each.before, sorted(each.after or {}))
            for each in history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("pk")
        ],
    }


class TestCreateDeals:
    def test_writes_the_same_rows_and_events_as_one_by_one(
        self, news: list[NewDeal], sam: User, at_noon: datetime
    ) -> None:
        together = create_deals(new=news, by=sam, at=at_noon)
        shapes = [shape(deal) for deal in together]
        Deal.objects.filter(external_id="X1").update(external_id=None)
        alone = [create_deal(new=new, by=sam, at=at_noon) for new in news]
        assert shapes == [shape(deal) for deal in alone]
        codes = [deal.code for deal in [*together, *alone]]
        assert codes == [f"DL-{number:04}" for number in range(1, 9)]

    def test_takes_lost_deals_with_their_reason(
        self, client: Client, sam: User, at_noon: datetime
    ) -> None:
        new = NewDeal(
            name="Lost",
            client=client.pk,
            status="lost",
            lost_reason="too dear",
            lines=(line("5.00"),),
        )
        (deal,) = create_deals(new=[new], by=sam, at=at_noon)
        assert (deal.status, deal.lost_reason) == ("lost", "too dear")
        events = history_of(subject_type="deals.deal", subject_id=deal.pk).order_by("pk")
        assert [(each.name, each.reason) for each in events] == [
            ("deals.deal_created", ""),
            ("deals.deal_lost", "too dear"),
        ]

    @pytest.mark.parametrize(("status", "reason"), [("lost", " "), ("won", "too dear")])
    def test_asks_for_a_reason_of_lost_deals_alone(
        self, *, status: str, reason: str, client: Client, sam: User, at_noon: datetime
    ) -> None:
        new = NewDeal(
            name="Odd",
            client=client.pk,
            status=status,
            lost_reason=reason,
            lines=(line("5.00"),),
        )
        with pytest.raises(ValidationFailed):
            create_deals(new=[new], by=sam, at=at_noon)

    def test_posts_what_was_won(self, news: list[NewDeal], sam: User, at_noon: datetime) -> None:
        create_deals(new=news, by=sam, at=at_noon)
        assert balance_of(AccountCode.RECEIVABLE, currency="USD").amount == Decimal(2380)

    @pytest.mark.parametrize(
        ("spoiled", "refusal"),
        [
            ({"status": "won"}, InvalidTerms),
            ({"lines": (line("1.00", discount_percent=Decimal(90)),), "status": "won"},
             DiscountNeedsApproval),
            ({"external_id": "X1", "lines": (line("1.00"),)}, ExternalIdTaken),
        ],
    )  # fmt: skip
    def test_writes_all_or_none(
        self, *, spoiled: dict[str, Any], refusal: type[Exception], news: list[NewDeal],
        client: Client, sam: User, at_noon: datetime,
    ) -> None:  # fmt: skip
        bad = NewDeal(name="Bad", client=client.pk, **spoiled)
        with pytest.raises(refusal):
            create_deals(new=[*news, bad], by=sam, at=at_noon)
        assert not Deal.objects.exists()

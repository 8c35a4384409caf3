"""History is written down and booked, and nobody is told."""

from datetime import datetime

import pytest

from shared_apps.audit.history import is_recording_history, recording_history
from shared_apps.audit.models import Delivery
from tenant_apps.accounts.models import User
from tenant_apps.ledger.selectors import balance_of
from tenant_apps.ledger.services import AccountCode
from tests.factories.deals import WonDealFactory


class TestRecordAll:
    def test_starts_what_follows_from_each_event_in_order(
        self, sam: User, at_noon: datetime
    ) -> None:
        WonDealFactory(by=sam, at=at_noon)
        owed = Delivery.objects.filter(event__actor_id=str(sam.pk)).order_by("event_id")
        names = [delivery.event.name for delivery in owed.select_related("event")]
        assert names[-2:] == ["deals.deal_created", "deals.deal_won"]


class TestRecordingHistory:
    def test_runs_what_belongs_to_the_event_and_owes_nothing(
        self, sam: User, at_noon: datetime
    ) -> None:
        with recording_history():
            WonDealFactory(by=sam, at=at_noon)
        assert balance_of(AccountCode.RECEIVABLE, currency="USD").amount == 1000
        assert not Delivery.objects.filter(event__actor_id=str(sam.pk)).exists()

    def test_ends_with_its_block_even_when_that_fails(self) -> None:
        with pytest.raises(KeyError), recording_history():
            raise KeyError
        assert not is_recording_history()

    def test_is_not_the_rule(self, sam: User, at_noon: datetime) -> None:
        WonDealFactory(by=sam, at=at_noon)
        assert Delivery.objects.filter(event__actor_id=str(sam.pk)).exists()

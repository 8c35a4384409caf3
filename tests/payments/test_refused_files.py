"""What is refused leaves no file behind: whatever needs none is checked before one is kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.documents.models import StoredFile
from tenant_apps.documents.services import check_file, keeping_files
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import (
    ExternalIdTaken,
    NewPayment,
    PaymentAlreadyDecided,
    PossibleDuplicate,
    draft_payment,
    edit_payment,
    submit_payment,
)
from tests.factories.deals import WonDealFactory
from tests.factories.documents import picture, upload
from tests.factories.payments import (
    PaymentFactory,
    SubmittedPaymentFactory,
    VerifiedPaymentFactory,
)

pytestmark = pytest.mark.django_db


def kept(folder: str = "") -> set[str]:
    """Return the names of all that the organization's storage keeps."""
    return set(_names(folder))


def _names(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for each in folders:
        yield from _names(f"{folder}{each}/")


def receipt() -> Any:
    return upload(picture(), "receipt.png")


class TestEdit:
    @pytest.fixture
    def payment(self, sam: User, at_noon: datetime) -> Payment:
        return SubmittedPaymentFactory(by=sam, at=at_noon)

    def edit(self, payment: Payment, by: User, at: datetime, **changes: Any) -> Payment:
        changes["uploads"] = (receipt(),)
        return edit_payment(
            payment_id=payment.pk, changes=changes, expected_version=payment.version, by=by, at=at
        )

    def refused(self, payment: Payment, by: User, at: datetime, **changes: Any) -> DomainError:
        before, rows = kept(), StoredFile.objects.count()
        with pytest.raises(DomainError) as refusal:
            self.edit(payment, by, at, **changes)
        assert kept() == before
        assert StoredFile.objects.count() == rows
        return refusal.value

    def test_adds_its_files_to_the_proofs(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        before = kept()
        self.edit(payment, sam, at_noon)
        assert payment.proofs.count() == 2
        assert len(kept() - before) == 1

    def test_keeps_no_second_copy_of_a_proof(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        edited, before = self.edit(payment, sam, at_noon), kept()
        payment.refresh_from_db()
        self.edit(payment, sam, at_noon)
        assert payment.proofs.count() == 2
        assert kept() == before
        payment.refresh_from_db()
        assert payment.version == edited.version

    def test_of_a_day_to_come(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        day = at_noon.date() + timedelta(days=2)
        self.refused(payment, sam, at_noon, received_on=day)

    def test_that_looks_like_another(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        twin = SubmittedPaymentFactory(by=sam, at=at_noon, money=Money.of("77.00", "USD"))
        changes = {"client": twin.client_id, "deal": twin.deal_id, "money": twin.money}
        changes["duplicate_justification"] = ""
        assert self.refused(payment, sam, at_noon, **changes).made_of(PossibleDuplicate)

    def test_with_an_external_id_that_is_taken(
        self, sam: User, payment: Payment, at_noon: datetime
    ) -> None:
        PaymentFactory(by=sam, at=at_noon, external_id="X-1")
        refusal = self.refused(payment, sam, at_noon, external_id="X-1")
        assert isinstance(refusal, ExternalIdTaken)

    def test_that_was_decided(self, sam: User, at_noon: datetime) -> None:
        payment = VerifiedPaymentFactory(by=sam, at=at_noon)
        assert isinstance(self.refused(payment, sam, at_noon), PaymentAlreadyDecided)

    def test_of_an_old_version(self, sam: User, payment: Payment, at_noon: datetime) -> None:
        payment.version += 1
        self.refused(payment, sam, at_noon)

    def test_by_whoever_decided(
        self, sam: User, vera: User, payment: Payment, at_noon: datetime
    ) -> None:
        before = kept()
        with pytest.raises(DomainError):
            self.edit(payment, vera, at_noon, received_on=date(2026, 9, 9))
        assert kept() == before


class TestNew:
    @pytest.fixture
    def new(self, sam: User, at_noon: datetime) -> NewPayment:
        deal = WonDealFactory(by=sam, at=at_noon)
        return NewPayment(
            client=deal.client_id,
            deal=deal.pk,
            money=Money.of("400.00", "USD"),
            method="bank_transfer",
            reference="4711",
            received_on=at_noon.date(),
            uploads=(receipt(),),
        )

    def test_that_looks_like_others(self, sam: User, new: NewPayment, at_noon: datetime) -> None:
        first = submit_payment(new=new, by=sam, at=at_noon)
        before = kept()
        with pytest.raises(PossibleDuplicate) as refused:
            submit_payment(new=replace(new, uploads=(receipt(),)), by=sam, at=at_noon)
        assert refused.value.look_alikes == {first.pk}
        assert kept() == before

    def test_with_an_external_id_that_is_taken(
        self, sam: User, new: NewPayment, at_noon: datetime
    ) -> None:
        PaymentFactory(by=sam, at=at_noon, external_id="X-1")
        before = kept()
        with pytest.raises(ExternalIdTaken):
            draft_payment(new=replace(new, external_id="X-1"), by=sam, at=at_noon)
        assert kept() == before


class TestKeepingFiles:
    def test_keeps_nothing_when_what_they_were_for_fails(
        self, sam: User, at_noon: datetime
    ) -> None:
        before = kept()
        file = check_file(receipt())
        meanwhile: set[str] = set()

        def fail() -> None:
            with keeping_files([file], by=sam.actor, at=at_noon) as (stored,):
                meanwhile.update(kept() - before)
                assert meanwhile == {stored.storage_name}
                raise InterruptedError

        with pytest.raises(InterruptedError):
            fail()
        assert meanwhile
        assert kept() == before

"""What happens to deals and to the catalog they are made from."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _DealEvent(Event):
    subject_type: ClassVar[str] = "deals.deal"
    subject_field: ClassVar[str] = "deal_id"

    deal_id: UUID


@dataclass(frozen=True, kw_only=True)
class DealCreated(_DealEvent):
    """A deal was entered, as a draft or handed in."""

    name: ClassVar[str] = "deals.deal_created"

    status: str


@dataclass(frozen=True, kw_only=True)
class DealChanged(_DealEvent):
    """A deal's header, people or terms changed before it was won, or its notes later."""

    name: ClassVar[str] = "deals.deal_changed"


@dataclass(frozen=True, kw_only=True)
class DealCreditChanged(_DealEvent):
    """Other people, or other shares, are credited from a day on."""

    name: ClassVar[str] = "deals.deal_credit_changed"

    valid_from: date


@dataclass(frozen=True, kw_only=True)
class DealNoted(_DealEvent):
    """Somebody wrote a note into the deal's history."""

    name: ClassVar[str] = "deals.deal_noted"

    text: str


@dataclass(frozen=True, kw_only=True)
class DealSubmitted(_DealEvent):
    """A draft was handed in."""

    name: ClassVar[str] = "deals.deal_submitted"


@dataclass(frozen=True, kw_only=True)
class DealWon(_DealEvent):
    """The client accepted the terms of this version."""

    name: ClassVar[str] = "deals.deal_won"

    version_id: UUID


@dataclass(frozen=True, kw_only=True)
class DealLost(_DealEvent):
    """The client will not buy."""

    name: ClassVar[str] = "deals.deal_lost"

    reason: str


@dataclass(frozen=True, kw_only=True)
class DealReopened(_DealEvent):
    """A lost or won deal is open again."""

    name: ClassVar[str] = "deals.deal_reopened"


@dataclass(frozen=True, kw_only=True)
class DealAmended(_DealEvent):
    """A won deal has new terms."""

    name: ClassVar[str] = "deals.deal_amended"

    version_id: UUID
    previous_version_id: UUID


@dataclass(frozen=True, kw_only=True)
class DealCancelled(_DealEvent):
    """A won deal was called off."""

    name: ClassVar[str] = "deals.deal_cancelled"


@dataclass(frozen=True, kw_only=True)
class DealArchived(_DealEvent):
    """A draft was put away."""

    name: ClassVar[str] = "deals.deal_archived"


@dataclass(frozen=True, kw_only=True)
class DealWrittenOff(_DealEvent):
    """What was owed on a deal is not expected to come any more."""

    name: ClassVar[str] = "deals.deal_written_off"


@dataclass(frozen=True, kw_only=True)
class DealRecovered(_DealEvent):
    """A written-off deal's money is expected again."""

    name: ClassVar[str] = "deals.deal_recovered"


@dataclass(frozen=True, kw_only=True)
class RemainderWrittenOff(_DealEvent):
    """What was left to pay is below the organization's tolerance and was given up by itself."""

    name: ClassVar[str] = "deals.remainder_written_off"


@dataclass(frozen=True, kw_only=True)
class RemainderExpectedAgain(_DealEvent):
    """Money that had left a remainder within the tolerance went back: the remainder is owed too."""

    name: ClassVar[str] = "deals.remainder_expected_again"


@dataclass(frozen=True, kw_only=True)
class ProductSaved(Event):
    """A product was entered or changed."""

    name: ClassVar[str] = "deals.product_saved"
    subject_type: ClassVar[str] = "deals.product"
    subject_field: ClassVar[str] = "product_id"

    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class StageSaved(Event):
    """A stage was entered or changed."""

    name: ClassVar[str] = "deals.stage_saved"
    subject_type: ClassVar[str] = "deals.stage"
    subject_field: ClassVar[str] = "stage_id"

    stage_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductArchived(Event):
    """A product is not offered any more."""

    name: ClassVar[str] = "deals.product_archived"
    subject_type: ClassVar[str] = "deals.product"
    subject_field: ClassVar[str] = "product_id"

    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProductRestored(Event):
    """A product is offered again."""

    name: ClassVar[str] = "deals.product_restored"
    subject_type: ClassVar[str] = "deals.product"
    subject_field: ClassVar[str] = "product_id"

    product_id: UUID


@dataclass(frozen=True, kw_only=True)
class StageArchived(Event):
    """A stage is not offered any more."""

    name: ClassVar[str] = "deals.stage_archived"
    subject_type: ClassVar[str] = "deals.stage"
    subject_field: ClassVar[str] = "stage_id"

    stage_id: UUID


@dataclass(frozen=True, kw_only=True)
class StageRestored(Event):
    """A stage is offered again."""

    name: ClassVar[str] = "deals.stage_restored"
    subject_type: ClassVar[str] = "deals.stage"
    subject_field: ClassVar[str] = "stage_id"

    stage_id: UUID


@dataclass(frozen=True, kw_only=True)
class TaxRateSaved(Event):
    """A tax rate was entered, renamed or ended."""

    name: ClassVar[str] = "deals.tax_rate_saved"
    subject_type: ClassVar[str] = "deals.tax_rate"
    subject_field: ClassVar[str] = "tax_rate_id"

    tax_rate_id: UUID


@dataclass(frozen=True, kw_only=True)
class _DiscountEvent(Event):
    subject_type: ClassVar[str] = "deals.discount_request"
    subject_field: ClassVar[str] = "request_id"

    request_id: UUID
    deal_id: UUID


@dataclass(frozen=True, kw_only=True)
class DiscountRequested(_DiscountEvent):
    """Somebody asked for a discount above the limit."""

    name: ClassVar[str] = "deals.discount_requested"


@dataclass(frozen=True, kw_only=True)
class DiscountApproved(_DiscountEvent):
    """A second person approved exactly these terms."""

    name: ClassVar[str] = "deals.discount_approved"


@dataclass(frozen=True, kw_only=True)
class DiscountRejected(_DiscountEvent):
    """A second person refused the discount."""

    name: ClassVar[str] = "deals.discount_rejected"


@dataclass(frozen=True, kw_only=True)
class DiscountWithdrawn(_DiscountEvent):
    """Nobody needs to decide any more: the terms changed, or the deal ended."""

    name: ClassVar[str] = "deals.discount_withdrawn"

"""The tax rates of an organization: dated, and with the reason where none is charged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, StaleVersion, ValidationFailed
from tenant_apps.deals.events import TaxRateSaved
from tenant_apps.deals.models import TaxRate, TaxTreatment
from tenant_apps.deals.terms import DAY_IS_FAR, is_far

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


class TaxRateOverlaps(DomainError):
    """The code has a rate on one of these days already."""

    code, status = "tax_rate_overlaps", 409
    message = "This tax has a rate on one of these days; start after it, or end it first."
    field = "/valid_from"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTaxRate:
    """A rate to be; with a treatment other than taxed the rate is 0 and the reason is needed."""

    code: str
    name: str
    rate_percent: Decimal
    valid_from: date
    valid_to: date | None = None
    treatment: str = TaxTreatment.TAXED
    reason: str = ""


@transaction.atomic
def create_tax_rate(*, new: NewTaxRate, by: "User", at: datetime) -> TaxRate:
    """Enter a rate; the one of this code that is open and older ends where it begins.

    Deals keep the rates they were made with. Records TaxRateSaved, for the ended one as well.
    Raises: TaxRateOverlaps, ValidationFailed.
    """
    _check(new)
    _end_before(new, by=by, at=at)
    rate = TaxRate(
        code=new.code,
        name=new.name.strip(),
        treatment=new.treatment,
        rate_percent=new.rate_percent,
        reason=new.reason.strip(),
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    _save(rate)
    after = {"code": rate.code, "rate_percent": rate.rate_percent, "valid_from": rate.valid_from}
    record(TaxRateSaved(tax_rate_id=rate.pk), actor=by.actor, at=at, after=after)
    return rate


@transaction.atomic
def update_tax_rate(
    *,
    tax_rate_id: UUID,
    changes: Mapping[str, Any],
    expected_version: int,
    by: "User",
    at: datetime,
) -> TaxRate:
    """Rename a rate or choose its end; records TaxRateSaved. Locks the rate.

    Raises: TaxRate.DoesNotExist, StaleVersion, TaxRateOverlaps, ValidationFailed.
    """
    rate = TaxRate.objects.select_for_update(no_key=True, of=("self",)).get(pk=tax_rate_id)
    if rate.version != expected_version:
        raise StaleVersion
    fixed = changes.keys() - {"name", "valid_to"}
    if fixed:
        message = "A rate stays as it was entered; enter the next one."
        raise ValidationFailed.at(f"/{min(fixed)}", message)
    _check_days(rate.valid_from, changes.get("valid_to", rate.valid_to))
    after = {name: new for name, new in changes.items() if getattr(rate, name) != new}
    if after:
        _change(rate, after, by=by, at=at)
    return rate


def _check(new: NewTaxRate) -> None:
    is_taxed = new.treatment == TaxTreatment.TAXED
    if not is_taxed and new.rate_percent:
        raise ValidationFailed.at("/rate_percent", "Where no tax is charged the rate is 0.")
    if is_taxed and new.reason.strip():
        raise ValidationFailed.at("/reason", "Only what is not taxed needs a reason.")
    if not is_taxed and not new.reason.strip():
        message = "Say why no tax is charged: invoices print it."
        raise ValidationFailed.at("/reason", message, code="required")
    _check_days(new.valid_from, new.valid_to)


def _check_days(first: date, end: date | None) -> None:
    for name, day in (("valid_from", first), ("valid_to", end)):
        if day is not None and is_far(day):
            raise ValidationFailed.at(f"/{name}", DAY_IS_FAR)
    if end is not None and end <= first:
        raise ValidationFailed.at("/valid_to", "The end lies after the first day.")


def _end_before(new: NewTaxRate, *, by: "User", at: datetime) -> None:
    before = TaxRate.objects.filter(code=new.code, valid_to=None, valid_from__lt=new.valid_from)
    for rate in before.select_for_update(no_key=True, of=("self",)):
        _change(rate, {"valid_to": new.valid_from}, by=by, at=at)


def _change(rate: TaxRate, after: Mapping[str, Any], *, by: "User", at: datetime) -> None:
    before = {name: getattr(rate, name) for name in after}
    for name, new in after.items():
        setattr(rate, name, new)
    _save(rate, [*after, *rate.mark_changed(by_id=by.pk, at=at)])
    saved = TaxRateSaved(tax_rate_id=rate.pk)
    record(saved, actor=by.actor, at=at, before=before, after=dict(after))


def _save(rate: TaxRate, update_fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            rate.save(force_insert=update_fields is None, update_fields=update_fields)
    except IntegrityError:
        raise TaxRateOverlaps from None

"""Change a deal before it is won, or its notes at any time; amend a won one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, Gathering, StaleVersion, ValidationFailed
from shared_apps.kernel.models import money_of
from shared_apps.kernel.wording import worded
from tenant_apps.approvals.services import add_interested
from tenant_apps.clients.services import ExternalIdTaken, check_owner
from tenant_apps.deals.events import DealAmended, DealChanged
from tenant_apps.deals.models import Deal, DiscountRequest, SalesCreditSplit
from tenant_apps.deals.selectors import EDIT
from tenant_apps.deals.services.creating import (
    check_has_lines,
    check_payees,
    check_project,
    check_stage,
    insert_splits,
)
from tenant_apps.deals.services.discounting import (
    AskedTerms,
    ask_for_discount,
    check_amended_discount,
    refuse_needless_request,
    withdraw_discount,
)
from tenant_apps.deals.services.guards import (
    DealIsArchived,
    check_days,
    lock_deal_in_use,
    refuse_other_currency,
)
from tenant_apps.deals.services.moving import DealNotOpen, DealNotWon
from tenant_apps.deals.services.versions import (
    check_terms,
    insert_version,
    lines_of,
    new_version,
    parts_of,
    products_of,
    refuse_archived,
)
from tenant_apps.deals.terms import (
    NewInstalment,
    NewLine,
    NewSplit,
    NewTerms,
    Terms,
    check_splits,
)
from tenant_apps.ledger.selectors import outstanding_of_deal

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

Value = TypeVar("Value")

NOTES = frozenset({"name", "source", "remarks", "external_id"})
HEADER = NOTES | {"owner_id", "stage_id", "project_id", "expected_close_on", "deal_on"}


class NothingAmended(DomainError):
    """The new terms are the present ones."""

    code, status = "nothing_amended", 409
    message = "The amendment changes nothing."


class AmendedBelowApplied(DomainError):
    """More verified money lies on the deal than the new total."""

    code, status = "amended_below_applied", 409
    message = "More money has been applied to the deal than the new total; return it first."


@dataclass(frozen=True, kw_only=True, slots=True)
class TermChanges:
    """New terms; None keeps what stands.

    When lines change and instalments do not, the new total is divided as the old one was.
    """

    lines: tuple[NewLine, ...] | None = None
    instalments: tuple[NewInstalment, ...] | None = None
    text: str | None = None
    is_estimate: bool | None = None
    prices_include_tax: bool | None = None
    currency: str | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether everything stays."""
        return self == TermChanges()


@dataclass(frozen=True, kw_only=True, slots=True)
class DealChanges:
    """What to change: header columns by name, terms, and the credited people."""

    header: Mapping[str, Any] = field(default_factory=dict)
    terms: TermChanges = TermChanges()
    splits: tuple[NewSplit, ...] | None = None

    @property
    def is_notes_only(self) -> bool:
        """Return whether the change leaves money and people alone."""
        return self.header.keys() <= NOTES and self.terms.is_empty and self.splits is None


@transaction.atomic
def update_deal(
    *,
    deal_id: UUID,
    changes: DealChanges,
    expected_version: int,
    by: "User",
    at: datetime,
    so_far: Gathering | None = None,
) -> Deal:
    """Change a draft or open deal, or the notes of any; new terms become the next version.

    Locks the deal; records DealChanged once with before and after, or nothing when nothing differs.
    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: Deal.DoesNotExist, PermissionRefused, StaleVersion, DealNotOpen, InvalidTerms,
    ValidationFailed, ExternalIdTaken, DealIsArchived, DealHasMoney for another currency,
    MakerIsChecker for a person who decided on the deal's money.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    if deal.version != expected_version:
        raise StaleVersion
    if not (deal.is_before_win or changes.is_notes_only):
        raise DealNotOpen("Only the notes of a closed deal can be changed; amend a won one.")
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    together = so_far or Gathering()
    with together.part():
        check_project(changes.header.get("project_id"), by=by, at=at)
    with together.part():
        _change_header(deal, changes.header, before, after, by=by)
    with together.part():
        _change_terms(deal, changes.terms, before, after, by=by, at=at)
    with together.part():
        _change_splits(deal, changes.splits, before, after)
    together.refuse()
    if not after:
        return deal
    columns = [name for name in after if name in HEADER]
    changed = deal.mark_changed(by_id=by.pk, at=at)
    deal.save(update_fields=[*columns, "current_version", *changed])
    record(DealChanged(deal_id=deal.pk), actor=by.actor, at=at, before=before, after=after)
    return deal


def _change_header(
    deal: Deal,
    header: Mapping[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: "User",
) -> None:
    unknown = header.keys() - HEADER
    if unknown:
        raise ValidationFailed.at(f"/{min(unknown)}", "This cannot be changed.")
    differing = {name: new for name, new in header.items() if getattr(deal, name) != new}
    _check_header(deal, differing, by=by)
    for name, new in differing.items():
        before[name], after[name] = getattr(deal, name), new
        setattr(deal, name, new)


def _check_header(deal: Deal, differing: Mapping[str, Any], *, by: "User") -> None:
    if "owner_id" in differing:
        check_owner(differing["owner_id"], by=by, permission=EDIT)
        add_interested(context_id=deal.pk, user_ids=[differing["owner_id"]])
    together, external_id = Gathering(), differing.get("external_id")
    with together.part():
        check_stage(differing.get("stage_id"), is_chosen=True)
    with together.part():
        check_days(differing)
    with together.part():
        if external_id and Deal.objects.filter(external_id=external_id).exists():
            raise ExternalIdTaken
    together.refuse()


def _change_terms(
    deal: Deal,
    changes: TermChanges,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    by: "User",
    at: datetime,
) -> None:
    if changes.is_empty and not ("deal_on" in after and _names_a_tax(deal)):
        return
    terms = _changed_terms(deal, changes)
    if not deal.is_draft:
        check_has_lines(terms.lines)
    if terms.content_hash == deal.current_version.content_hash:
        return
    refuse_other_currency(deal, terms.currency)
    before["terms"] = _summary(deal)
    _put_version(deal, terms, by=by, at=at)
    after["terms"] = _summary(deal)


def _names_a_tax(deal: Deal) -> bool:
    """Return whether the rates of the deal's lines follow from its day."""
    return deal.current_version.lines.exclude(tax_code="").exists()


def _changed_terms(deal: Deal, changes: TermChanges) -> Terms:
    held, together = deal.current_version, Gathering()
    products = None
    if changes.lines is not None:
        products = products_of(changes.lines)
        kept = {line.product_id for line in lines_of(held) if line.product_id}
        with together.part():
            refuse_archived(changes.lines, products, kept=kept)
    new = NewTerms(
        currency=changes.currency or held.currency,
        lines=lines_of(held) if changes.lines is None else changes.lines,
        instalments=changes.instalments or (),
        text=_chosen(changes.text, held.terms),
        is_estimate=_chosen(changes.is_estimate, held.is_estimate),
        prices_include_tax=_chosen(changes.prices_include_tax, held.prices_include_tax),
    )
    before = parts_of(held)
    with together.part():
        terms = check_terms(new, deal_on=deal.deal_on, parts_before=before, products=products)
    together.refuse()
    return terms


def _chosen(new: Value | None, held: Value) -> Value:
    return held if new is None else new


def _put_version(deal: Deal, terms: Terms, *, by: "User", at: datetime) -> None:
    withdraw_discount(deal, reason="The terms changed.", actor=by.actor, at=at)
    version = new_version(deal, terms, number=deal.current_version.number + 1, by=by)
    insert_version(version, terms)
    deal.current_version = version


def _summary(deal: Deal) -> dict[str, Any]:
    version = deal.current_version
    return {
        "number": version.number,
        "currency": version.currency,
        "total": version.total,
        "content_hash": version.content_hash,
    }


def _change_splits(
    deal: Deal,
    splits: tuple[NewSplit, ...] | None,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    held = list(
        SalesCreditSplit.objects.filter(deal=deal)
        .order_by("pk")
        .values_list("payee_id", "share_percent")
    )
    if splits is None or [(new.payee_id, new.share_percent) for new in splits] == held:
        return
    check_splits(splits)
    check_payees(splits, known={deal.owner_id})
    add_interested(context_id=deal.pk, user_ids=[new.payee_id for new in splits])
    SalesCreditSplit.objects.filter(deal=deal).delete()
    insert_splits(deal, splits)
    before["splits"] = [[payee_id, share] for payee_id, share in held]
    after["splits"] = [[new.payee_id, new.share_percent] for new in splits]


@transaction.atomic
def request_discount(
    *, deal_id: UUID, changes: TermChanges, reason: str, by: "User", at: datetime
) -> DiscountRequest:
    """Ask for a discount above the limit: that of the deal's terms, or of an amendment to come.

    An amendment of a won deal is asked for with its new terms, and made with the same ones once
    they are approved. Locks the deal; records DiscountRequested.
    Raises: DiscountWithinLimit, DiscountAlreadyAsked, DealNotOpen, DealNotWon, DealIsArchived,
    InvalidTerms, ValidationFailed, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    if changes.is_empty:
        _refuse_settled_terms(deal)
    elif not deal.is_won:
        raise DealNotWon("Save the terms first; only an amendment is asked for ahead.")
    proposed = None if changes.is_empty else _changed_terms(deal, changes)
    asked = AskedTerms.of(deal) if proposed is None else AskedTerms.proposed(proposed)
    return ask_for_discount(deal, asked, reason=reason, by=by, at=at)


def check_discount_request(deal: Deal) -> None:
    """Refuse what asking for the discount of a deal's present terms would refuse, before it is.

    Raises: DealIsArchived, DealNotOpen, DiscountWithinLimit, DiscountAlreadyAsked.
    """
    if deal.is_archived:
        raise DealIsArchived
    _refuse_settled_terms(deal)
    refuse_needless_request(deal, AskedTerms.of(deal))


def _refuse_settled_terms(deal: Deal) -> None:
    if not deal.is_before_win:
        raise DealNotOpen(
            "A won deal changes by an amendment; a discount is asked for with its new terms."
        )


@transaction.atomic
def amend_deal(
    *,
    deal_id: UUID,
    changes: TermChanges,
    reason: str,
    by: "User",
    at: datetime,
    so_far: Gathering | None = None,
) -> Deal:
    """Give a won deal new terms as its next version; records DealAmended. Locks the deal.

    The currency stays. Whoever has invoiced more than the new total objects by an atomic reaction.
    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: DealNotWon, DealIsArchived, NothingAmended, AmendedBelowApplied,
    DiscountNeedsApproval, InvalidTerms, Deal.DoesNotExist, PermissionRefused.
    """
    deal = lock_deal_in_use(deal_id=deal_id, by=by)
    if not deal.is_won:
        raise DealNotWon
    previous = deal.current_version
    together = so_far or Gathering()
    with together.part():
        terms = _changed_terms(deal, changes)
        _check_amendment(deal, terms)
    together.refuse()
    before = {"terms": _summary(deal)}
    _put_version(deal, terms, by=by, at=at)
    changed = deal.mark_changed(by_id=by.pk, at=at)
    deal.save(update_fields=["current_version", *changed])
    amended = DealAmended(
        deal_id=deal.pk, version_id=deal.current_version_id, previous_version_id=previous.pk
    )
    after = {"terms": _summary(deal)}
    record(amended, actor=by.actor, at=at, before=before, after=after, reason=reason)
    return deal


def _check_amendment(deal: Deal, terms: Terms) -> None:
    held = deal.current_version
    check_has_lines(terms.lines)
    if terms.currency != held.currency:
        raise ValidationFailed.at(
            "/currency", worded("The deal stays in %(currency)s.", currency=held.currency)
        )
    if terms.content_hash == held.content_hash:
        raise NothingAmended
    cheaper_by = money_of(held.total, held.currency) - terms.total
    if cheaper_by > outstanding_of_deal(deal.pk, held.currency):
        raise AmendedBelowApplied
    check_amended_discount(deal, terms)

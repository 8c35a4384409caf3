"""Discounts above the limit: one person asks, another decides, for exactly these terms."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of, organization_settings
from tenant_apps.access.scopes import has_permission
from tenant_apps.approvals.services import (
    AlreadyDecided,
    NewDecision,
    NewRequest,
    Outcome,
    RequestStatus,
    Verdict,
    close_request,
    decide,
    open_request,
)
from tenant_apps.deals.events import (
    DiscountApproved,
    DiscountRejected,
    DiscountRequested,
    DiscountWithdrawn,
)
from tenant_apps.deals.models import Deal, DiscountRequest, DiscountStatus
from tenant_apps.deals.selectors import APPROVE_DISCOUNT, credited_people, lock_deal
from tenant_apps.deals.terms import Terms

if TYPE_CHECKING:
    from shared_apps.kernel.events import Actor
    from tenant_apps.accounts.models import User

SUBJECT = "deals.discount"


class DiscountNeedsApproval(DomainError):
    """A line's discount is above the organization's limit and nobody has approved it."""

    code, status = "discount_needs_approval", 409
    message = "The discount is above the limit: ask for it, and somebody else approves these terms."


class DiscountWithinLimit(DomainError):
    """Nobody needs to approve a discount within the limit."""

    code, status = "discount_within_limit", 409
    message = "The discount is within the limit; it needs nobody's approval."


class DiscountAlreadyAsked(DomainError):
    """A request of this deal is open, or these terms are approved already."""

    code, status = "discount_already_asked", 409
    message = "This discount waits for its decision, or is approved already."


class DiscountNotRequested(DomainError):
    """It was decided or withdrawn before, or by the same person."""

    code, status = "discount_not_requested", 409
    message = "This discount does not wait for your decision any more."


@dataclass(frozen=True, kw_only=True, slots=True)
class AskedTerms:
    """The terms that a discount is asked for: the deal's own, or proposed ones."""

    content_hash: str
    discount_percent: Decimal
    total: Money
    proposal: dict[str, Any] | None = None

    @classmethod
    def proposed(cls, terms: Terms) -> "AskedTerms":
        """Return terms that the deal does not have yet."""
        return cls(
            content_hash=terms.content_hash,
            discount_percent=terms.highest_discount_percent,
            total=terms.total,
            proposal=terms.as_json(),
        )

    @classmethod
    def of(cls, deal: Deal) -> "AskedTerms":
        """Return the terms of the deal's current version."""
        version = deal.current_version
        discounts = version.lines.values_list("discount_percent", flat=True)
        return cls(
            content_hash=version.content_hash,
            discount_percent=max(discounts, default=Decimal(0)),
            total=money_of(version.total, version.currency),
        )


def ask_for_discount(
    deal: Deal, asked: AskedTerms, *, reason: str, by: "User", at: datetime
) -> DiscountRequest:
    """Put terms of a locked deal up for decision; records DiscountRequested.

    Raises: DiscountWithinLimit, DiscountAlreadyAsked, ValidationFailed without a reason.
    """
    if not reason.strip():
        raise ValidationFailed.at("/reason", "Say why the discount is given.", code="required")
    refuse_needless_request(deal, asked)
    request = _insert(deal, asked, reason=reason.strip(), by=by, at=at)
    open_request(request=_new_request(deal, request, at=at), at=at)
    after = {"status": request.status, "discount_percent": request.discount_percent}
    event = DiscountRequested(request_id=request.pk, deal_id=deal.pk)
    record(event, actor=by.actor, at=at, after=after, reason=request.reason)
    return request


def refuse_needless_request(deal: Deal, asked: AskedTerms) -> None:
    """Refuse to ask for what needs nobody, waits already or is approved.

    Raises: DiscountWithinLimit, DiscountAlreadyAsked.
    """
    if not is_above_limit(asked.discount_percent):
        raise DiscountWithinLimit
    open_ones = deal.discount_requests.filter(status=DiscountStatus.REQUESTED)
    if open_ones.exists() or _is_approved(deal, asked.content_hash):
        raise DiscountAlreadyAsked


@transaction.atomic
def approve_discount(
    *, request_id: UUID, checker: "User", content_hash: str, reason: str = "", at: datetime
) -> DiscountRequest:
    """Approve the terms that the person saw. Locks deal, then request; records DiscountApproved.

    The deal is not moved: whoever edits it wins or amends it with exactly these terms.
    Raises: DiscountNotRequested, MakerIsChecker, NotADecider, ContentChanged,
    DiscountRequest.DoesNotExist.
    """
    request = _lock(request_id)
    outcome = _enter(request, Verdict.APPROVE, checker, content_hash, reason, at)
    if outcome is Outcome.APPROVED:
        event = DiscountApproved(request_id=request.pk, deal_id=request.deal_id)
        _close(request, DiscountStatus.APPROVED, event, checker, reason, at)
    return request


@transaction.atomic
def reject_discount(
    *, request_id: UUID, checker: "User", content_hash: str, reason: str, at: datetime
) -> DiscountRequest:
    """Refuse a discount. Locks deal, then request; records DiscountRejected.

    Raises: DiscountNotRequested, MakerIsChecker, NotADecider, ContentChanged,
    DecisionNeedsReason, DiscountRequest.DoesNotExist.
    """
    request = _lock(request_id)
    _enter(request, Verdict.REJECT, checker, content_hash, reason, at)
    event = DiscountRejected(request_id=request.pk, deal_id=request.deal_id)
    _close(request, DiscountStatus.REJECTED, event, checker, reason, at)
    return request


def withdraw_discount(deal: Deal, *, reason: str, actor: "Actor", at: datetime) -> None:
    """End the open request of a locked deal, if there is one; records DiscountWithdrawn.

    What was approved stays approved, for the terms that it names.
    """
    request = deal.discount_requests.filter(status=DiscountStatus.REQUESTED).first()
    if request is None:
        return
    close_request(subject_id=request.pk, status=RequestStatus.WITHDRAWN, at=at)
    before = {"status": request.status}
    request.status = DiscountStatus.WITHDRAWN
    by_id = UUID(actor.id) if actor.kind == "user" else None
    request.save(update_fields=["status", *request.mark_changed(by_id=by_id, at=at)])
    event = DiscountWithdrawn(request_id=request.pk, deal_id=deal.pk)
    after = {"status": request.status}
    record(event, actor=actor, at=at, before=before, after=after, reason=reason)


def is_above_limit(discount_percent: Decimal) -> bool:
    """Return whether a discount is more than sellers may give by themselves."""
    return discount_percent > organization_settings().discount_limit_percent


def check_new_discount(terms: Terms) -> None:
    """Refuse to enter a deal as won with a discount above the limit. Raises: DiscountNeedsApproval.

    Whoever enters it made its terms: another person has to look at them.
    """
    if is_above_limit(terms.highest_discount_percent):
        raise DiscountNeedsApproval


def check_imported_discount(terms: Terms, *, by: "User") -> None:
    """Refuse history with large discounts from a person who may not approve any.

    Raises: DiscountNeedsApproval.
    """
    if is_above_limit(terms.highest_discount_percent) and not has_permission(by, APPROVE_DISCOUNT):
        raise DiscountNeedsApproval


def check_amended_discount(deal: Deal, terms: Terms) -> None:
    """Refuse terms with a discount above the limit that were not approved as they are.

    Raises: DiscountNeedsApproval.
    """
    is_above = is_above_limit(terms.highest_discount_percent)
    if is_above and not _is_approved(deal, terms.content_hash):
        raise DiscountNeedsApproval


def check_held_discount(deal: Deal, *, by: "User", at: datetime) -> None:
    """Refuse to win a deal whose discount above the limit nobody else has approved.

    Who may approve it, did not make the terms and gains nothing by the deal approves by winning.
    Raises: DiscountNeedsApproval.
    """
    asked = AskedTerms.of(deal)
    if not is_above_limit(asked.discount_percent) or _is_approved(deal, asked.content_hash):
        return
    gaining = credited_people(deal.pk, since=local_day_of(at)) | {deal.owner_id}
    is_maker = by.pk in gaining or by.pk == deal.current_version.created_by_id
    if is_maker or not has_permission(by, APPROVE_DISCOUNT):
        raise DiscountNeedsApproval


def _is_approved(deal: Deal, content_hash: str) -> bool:
    approved = deal.discount_requests.filter(status=DiscountStatus.APPROVED)
    return approved.filter(content_hash=content_hash).exists()


def _insert(
    deal: Deal, asked: AskedTerms, *, reason: str, by: "User", at: datetime
) -> DiscountRequest:
    return DiscountRequest.objects.create(
        deal=deal,
        version_number=deal.current_version.number,
        content_hash=asked.content_hash,
        discount_percent=asked.discount_percent,
        limit_percent=organization_settings().discount_limit_percent,
        total=asked.total.amount,
        currency=asked.total.currency,
        proposal=asked.proposal,
        reason=reason,
        requested_by_id=by.pk,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )


def _new_request(deal: Deal, request: DiscountRequest, *, at: datetime) -> NewRequest:
    is_proposed = request.proposal is not None
    author_id = None if is_proposed else deal.current_version.created_by_id
    gaining = credited_people(deal.pk, since=local_day_of(at)) | {deal.owner_id}
    return NewRequest(
        subject_type=SUBJECT,
        subject_id=request.pk,
        context_id=deal.pk,
        content_hash=request.content_hash,
        submitter_id=request.requested_by_id,
        author_id=author_id,
        interested_ids=tuple(sorted(gaining)),
    )


def _lock(request_id: UUID) -> DiscountRequest:
    lock_deal(DiscountRequest.objects.values_list("deal_id", flat=True).get(pk=request_id))
    requests = DiscountRequest.objects.select_for_update(no_key=True, of=("self",))
    request = requests.get(pk=request_id)
    if not request.is_requested:
        raise DiscountNotRequested
    return request


def _enter(
    request: DiscountRequest,
    verdict: Verdict,
    checker: "User",
    content_hash: str,
    reason: str,
    at: datetime,
) -> Outcome:
    decision = NewDecision(
        actor_id=checker.pk, verdict=verdict, content_hash=content_hash, reason=reason
    )
    try:
        return decide(subject_id=request.pk, decision=decision, at=at)
    except AlreadyDecided:
        raise DiscountNotRequested from None


def _close(
    request: DiscountRequest,
    status: DiscountStatus,
    event: DiscountApproved | DiscountRejected,
    checker: "User",
    reason: str,
    at: datetime,
) -> None:
    before = {"status": request.status}
    request.status, request.decision = status, reason.strip()
    request.decided_by_id, request.decided_at = checker.pk, at
    columns = ["status", "decision", "decided_by_id", "decided_at"]
    request.save(update_fields=[*columns, *request.mark_changed(by_id=checker.pk, at=at)])
    after = {"status": status.value}
    record(event, actor=checker.actor, at=at, before=before, after=after, reason=reason)

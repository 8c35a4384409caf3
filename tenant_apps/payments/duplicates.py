"""Which payments a new one looks like, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop

from tenant_apps.documents.fingerprints import distance
from tenant_apps.payments.models import Payment, PaymentProof, PaymentQuerySet, Status

SAME_PROOF, SIMILAR_PROOF = "same_proof", "similar_proof"
SAME_FIGURES, SAME_REFERENCE = "same_figures", "same_reference"
WHY = {
    SAME_PROOF: gettext_noop("the same proof"),
    SIMILAR_PROOF: gettext_noop("a proof that shows the same"),
    SAME_FIGURES: gettext_noop(
        "the same client, amount and method, on a near day or with the same reference"
    ),
    SAME_REFERENCE: gettext_noop("the same amount, method and reference"),
}
OF_PROOFS = frozenset({SAME_PROOF, SIMILAR_PROOF})

LOOK_ALIKE_DAYS = 3
# of 256 bits, see docs/payments.md for the measurement
MOST_BITS_APART = 20
# pictures are compared among payments of about the same amount: forms of one bank look alike
AMOUNT_WITHIN = Decimal("0.05")
MOST_PICTURES = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ProofMark:
    """What makes a proof recognisable: the hash of its bytes, and of its look where it has one."""

    sha256: str
    perceptual_hash: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A payment that looks the same: the reasons, and how many bits apart the pictures are."""

    payment_id: UUID
    code: str
    reasons: tuple[str, ...]
    bits_apart: int | None = None

    @property
    def why(self) -> str:
        """Return what is the same, in the language at work."""
        return "; ".join(gettext(WHY[reason]) for reason in self.reasons)

    def as_json(self, *, justification: str) -> dict[str, Any]:
        """Return the hit as it is kept, with the words that let it pass."""
        return {
            "payment_id": str(self.payment_id),
            "code": self.code,
            "reasons": list(self.reasons),
            "bits_apart": self.bits_apart,
            "justification": justification,
        }


def find_look_alikes(payment: Payment, *, proofs: Sequence[ProofMark]) -> list[Hit]:
    """Return the submitted payments that look like this one, by code. Two queries.

    same_proof: the same bytes. similar_proof: a picture at most 20 of 256 bits apart, for an amount
    within 5 % in the same currency; the proofs of rejected payments are compared as well, their
    figures are not, and whatever was withdrawn counts nowhere. same_figures: client, amount,
    currency and method, with a day within three days or the same reference. same_reference: amount,
    currency, method and reference of whatever client.
    """
    others = _candidates(payment, proofs).order_by("code", "pk").prefetch_related("proofs")
    hits = (_compare(payment, proofs, other) for other in others)
    return [hit for hit in hits if hit.reasons]


def _candidates(payment: Payment, proofs: Sequence[ProofMark]) -> PaymentQuerySet:
    unseen = (Status.DRAFT, Status.WITHDRAWN)
    others = Payment.objects.exclude(pk=payment.pk).exclude(status__in=unseen)
    same_money = {
        "amount": payment.amount,
        "currency": payment.currency,
        "method": payment.method,
    }
    figures = Q(client_id=payment.client_id, **same_money)
    if payment.reference:
        figures |= Q(reference__iexact=payment.reference, **same_money)
    alike = figures & ~Q(status=Status.REJECTED)
    hashes = [proof.sha256 for proof in proofs]
    alike |= Q(pk__in=PaymentProof.objects.filter(sha256__in=hashes).values("payment_id"))
    if any(proof.perceptual_hash for proof in proofs):
        alike |= Q(pk__in=_with_pictures(payment))
    return others.filter(alike)


def _with_pictures(payment: Payment) -> list[UUID]:
    """Return the latest payments with pictures of about the same amount."""
    lowest, highest = (payment.amount * (1 + sign * AMOUNT_WITHIN) for sign in (-1, 1))
    pictured = Payment.objects.filter(
        currency=payment.currency, amount__gte=lowest, amount__lte=highest
    ).exclude(proofs__perceptual_hash="")
    latest = pictured.filter(proofs__isnull=False).order_by("-pk").values_list("pk", flat=True)
    return list(latest[:MOST_PICTURES])


def _compare(payment: Payment, proofs: Sequence[ProofMark], other: Payment) -> Hit:
    theirs = list(other.proofs.all())
    nearest = min(
        (
            bits
            for mine in proofs
            for their in theirs
            if (bits := distance(mine.perceptual_hash, their.perceptual_hash)) is not None
        ),
        default=None,
    )
    has_same_proof = bool({each.sha256 for each in proofs} & {each.sha256 for each in theirs})
    reasons = (
        *_reasons_of_proofs(nearest, has_same=has_same_proof, near=_is_near(payment, other)),
        *_reasons_of_figures(payment, other),
    )
    return Hit(payment_id=other.pk, code=other.code, reasons=reasons, bits_apart=nearest)


def _reasons_of_proofs(nearest: int | None, *, has_same: bool, near: bool) -> Iterator[str]:
    if has_same:
        yield SAME_PROOF
    elif near and nearest is not None and nearest <= MOST_BITS_APART:
        yield SIMILAR_PROOF


def _reasons_of_figures(payment: Payment, other: Payment) -> Iterator[str]:
    mine = (payment.amount, payment.currency, payment.method)
    if mine != (other.amount, other.currency, other.method) or other.status == Status.REJECTED:
        return
    has_reference = bool(payment.reference) and (
        payment.reference.casefold() == other.reference.casefold()
    )
    days = timedelta(days=LOOK_ALIKE_DAYS)
    is_close = abs(payment.received_on - other.received_on) <= days
    if payment.client_id == other.client_id and (is_close or has_reference):
        yield SAME_FIGURES
    elif has_reference:
        yield SAME_REFERENCE


def _is_near(payment: Payment, other: Payment) -> bool:
    apart = abs(payment.amount - other.amount)
    return payment.currency == other.currency and apart <= payment.amount * AMOUNT_WITHIN

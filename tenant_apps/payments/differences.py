"""What changed between the content that a reviewer saw and the content now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import NotFound
from shared_apps.kernel.models import money_of
from tenant_apps.approvals.selectors import decisions_of
from tenant_apps.payments.content import hash_of
from tenant_apps.payments.events import PaymentChanged
from tenant_apps.payments.models import Payment

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

SUBJECT = "payments.payment"
AMOUNTS = ("amount", "bank_fee", "withholding")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One part of the content before and after: text, a list of hashes, or None."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ContentStep:
    """One change of the content on the way."""

    changed_at: datetime
    changed_by: str
    content_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentDiff:
    """The content that was seen, the content now, what differs and who changed it."""

    since: str
    content_hash: str
    changes: tuple[FieldChange, ...]
    steps: tuple[ContentStep, ...]

    @property
    def is_same(self) -> bool:
        """Return whether nothing differs."""
        return not self.changes


def diff_since(payment: Payment, *, viewer: "User", since: str | None = None) -> ContentDiff:
    """Return what differs from the content with the hash `since`.

    By default that is what the viewer decided on last, else the content as it was first submitted
    or written down. The contents are those of the events: nothing else keeps them.
    Raises: NotFound when the payment never had such a content.
    """
    history = _contents(payment)
    wanted = since or _seen_by(payment, viewer) or history[0][0]
    found = [index for index, (sha256, _content, _step) in enumerate(history) if sha256 == wanted]
    if not found:
        raise NotFound
    before, after = history[found[-1]][1], history[-1][1]
    return ContentDiff(
        since=wanted,
        content_hash=payment.content_hash,
        changes=tuple(
            FieldChange(name, _shown(before, name), _shown(after, name))
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ),
        steps=tuple(step for _hash, _content, step in history[found[-1] + 1 :] if step),
    )


def _shown(content: Mapping[str, Any], name: str) -> Any:
    """Return a part of a content; amounts at the currency's exponent, as money is shown."""
    value = content.get(name)
    if name not in AMOUNTS or value is None:
        return value
    return money_of(Decimal(value), content["currency"]).as_json()["amount"]


def _contents(payment: Payment) -> list[tuple[str, dict[str, Any], ContentStep | None]]:
    """Return every content that the payment had, oldest first, each with the step that made it."""
    events = history_of(subject_type=SUBJECT, subject_id=payment.pk)
    changes = [
        (event, event.before, event.after)
        for event in events.filter(name=PaymentChanged.name).order_by("recorded_at", "pk")
        if event.before and event.after and "proofs" in event.before
    ]
    if not changes:
        return [(payment.content_hash, {}, None)]
    first: dict[str, Any] = changes[0][1]
    contents: list[tuple[str, dict[str, Any], ContentStep | None]] = [(hash_of(first), first, None)]
    for event, _before, content in changes:
        step = ContentStep(event.recorded_at, event.actor_label, hash_of(content))
        contents.append((step.content_hash, content, step))
    return contents


def _seen_by(payment: Payment, viewer: "User") -> str | None:
    """Return the hash of what the viewer decided on last, None when they never did."""
    hashes = [each.content_hash for each in decisions_of(payment.pk) if each.actor_id == viewer.pk]
    return hashes[-1] if hashes else None

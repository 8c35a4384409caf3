"""The verifier's room: what waits, the most urgent first, and one payment beside its proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from shared_apps.web.references import parse_reference
from tenant_apps.payments import review, selectors, services
from tenant_apps.payments.api.inputs import ApprovalIn, ChangesRequestIn, RejectionIn
from tenant_apps.payments.differences import diff_since
from tenant_apps.payments.duplicates import ProofMark, find_look_alikes
from tenant_apps.payments.review import HeldReview
from tenant_apps.payments.risk import level_of, say_kept
from tenant_apps.payments.services import Approval, Refusal
from tenant_apps.portal.content_changes import say_changes
from tenant_apps.portal.formatting import type_amount
from tenant_apps.portal.forms.payments import approval_body, refusal_body
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.moves import TAKE_OVER
from tenant_apps.portal.pages import Page
from tenant_apps.portal.possible import why_not
from tenant_apps.portal.twins import Twins, twins_of

if TYPE_CHECKING:
    from tenant_apps.payments.models import Payment

DECIDE = selectors.DECIDE


@dataclass(frozen=True)
class QueuedRow:
    """A payment of the queue: how urgent it is, and who looks at it."""

    payment: "Payment"
    held: HeldReview | None
    at: datetime

    @property
    def level(self) -> str:
        """Return high, medium or low."""
        return level_of(self.payment.risk_score)

    @property
    def is_overdue(self) -> bool:
        """Return whether it waits longer than was promised."""
        return self.payment.is_overdue(self.at)


class Queue(Page):
    """What waits for the person's decision."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": DECIDE}
    room = "queue"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the queue and its figures."""
        shown = page_of(review.queue(viewer=self.viewer, at=self.at), request)
        held = review.held_reviews(at=self.at)
        return self.show(
            "queue/list.html",
            shown=shown,
            rows=[QueuedRow(each, held.get(each.pk), self.at) for each in shown.rows],
            figures=review.queue_figures(viewer=self.viewer, at=self.at),
        )


class Review(Page):
    """One payment beside its proof, and the decision."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": DECIDE}
    room = "queue"

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show proof, figures and the three decisions."""
        return self.show_review(self.find(reference), Form(), "approve")

    def find(self, reference: str) -> "Payment":
        """Return a payment that the person may see. Raises: Payment.DoesNotExist."""
        return selectors.get_payment(reference=parse_reference(reference), viewer=self.viewer)

    def show_review(
        self, payment: "Payment", form: Form, decision: str, status: int = 200
    ) -> HttpResponseBase:
        """Show the payment; `decision` is the one that stands open."""
        proofs = list(payment.proofs.all())
        seen = diff_since(payment, viewer=self.viewer)
        refuse = partial(services.check_decision, payment, checker=self.viewer, at=self.at)
        no_decision = why_not(refuse)
        return self.show(
            "queue/review.html",
            status=status,
            payment=payment,
            stand=payment.status,
            **self.lease_of(payment, Form()),
            form=form,
            forms={name: form if name == decision else Form() for name in VERDICTS},
            decision=decision,
            proofs=proofs,
            may_decide=self.is_writable and not no_decision,
            no_decision=no_decision,
            twins=self._twins(payment),
            changes=say_changes(seen, payment),
            steps=seen.steps,
            reasons=[say_kept(each) for each in payment.risk_reasons],
            verified=type_amount(payment.money.amount),
            **self._neighbours(payment),
        )

    def lease_of(self, payment: "Payment", refusal: Form) -> dict[str, Any]:
        """Return who holds the review, and what the person can do about it."""
        held = review.held_review(payment.pk, at=self.at)
        is_theirs = held is not None and held.reviewer.pk == self.viewer.pk
        may_claim = self.is_writable and payment.is_submitted and self._is_in_queue(payment)
        may_take_over = services.may_take_over(payment, by=self.viewer, at=self.at)
        decisions = review.decision_log(payment.pk)
        lasting = [each for each in decisions if not each.is_void]
        may = may_claim and (held is None or may_take_over)
        return {
            "lease": "refused" if refusal.is_refused else mark_of(payment, held, may=may),
            "decisions": decisions,
            "decided": lasting[-1] if lasting else None,
            "row": QueuedRow(payment, held, self.at),
            "is_theirs": is_theirs,
            "is_of_another": held is not None and not is_theirs,
            "may_claim": may_claim,
            "may_take_over": may_claim and may_take_over,
            "take_over": TAKE_OVER,
            "refusal": refusal,
        }

    def _is_in_queue(self, payment: "Payment") -> bool:
        return review.queue(viewer=self.viewer, at=self.at).filter(pk=payment.pk).exists()

    def next_url(self, payment: "Payment") -> str:
        """Return where to go on after a payment: the next of the queue, or the queue itself."""
        after = self._neighbours(payment)["next"]
        return after or reverse("portal:queue")

    def _neighbours(self, payment: "Payment") -> dict[str, Any]:
        codes = list(
            review.queue(viewer=self.viewer, at=self.at)
            .prefetch_related(None)
            .values_list("code", flat=True)
        )
        place = codes.index(payment.code) if payment.code in codes else -1
        before = codes[place - 1] if place > 0 else ""
        after = codes[place + 1] if place + 1 < len(codes) else ""
        urls = [reverse("portal:review", args=[code]) if code else "" for code in (before, after)]
        return {
            "previous": urls[0],
            "next": urls[1],
            "place": place + 1,
            "waiting": len(codes),
            "is_in_queue": place >= 0,
        }

    def _twins(self, payment: "Payment") -> Twins | None:
        marks = [
            ProofMark(sha256=proof.sha256, perceptual_hash=proof.perceptual_hash)
            for proof in payment.proofs.all()
        ]
        found = [hit.payment_id for hit in find_look_alikes(payment, proofs=marks)]
        return twins_of(found, viewer=self.viewer)


class Decide(Review):
    """The decision."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": DECIDE, "post": DECIDE}

    def get(self, request: HttpRequest, reference: str, verdict: str = "") -> HttpResponseBase:
        """Show the payment with this decision open."""
        if verdict not in VERDICTS:
            raise NotFound
        return self.show_review(self.find(reference), Form(), verdict)

    def post(self, request: HttpRequest, reference: str, verdict: str) -> HttpResponseBase:
        """Decide, then go on with the next; or say why not."""
        payment, form = self.find(reference), read_form(request.POST)
        form.anchors = {"/reason": f"{verdict}-reason"}
        decide = VERDICTS.get(verdict)
        if decide is None:
            raise NotFound
        go_on = self.next_url(payment)
        if attempt(form, partial(decide, self, payment, form)) is None:
            return self.show_review(self.find(reference), form, verdict, status=form.status)
        return self.go(go_on, DONE[verdict]() % {"code": payment.code})

    def approve(self, payment: "Payment", form: Form) -> object:
        """Verify the payment, bound to what was seen."""
        values = checked(ApprovalIn, approval_body(form, payment.currency))
        approval = Approval(
            verified=values.get("verified_amount"),
            fx_rate=values.get("fx_rate"),
            reason=values.get("reason", ""),
            evidence=values.get("evidence", ""),
            content_hash=values.get("content_hash", ""),
            expected_version=form.expected_version(),
        )
        return services.approve_payment(
            payment_id=payment.pk, checker=self.viewer, approval=approval, at=self.at
        )

    def reject(self, payment: "Payment", form: Form) -> object:
        """Reject the payment for good."""
        return self._decide_against(services.reject_payment, RejectionIn, payment, form)

    def request_changes(self, payment: "Payment", form: Form) -> object:
        """Send the payment back to its maker."""
        form.typed.pop("failure_reason", None)
        return self._decide_against(services.request_changes, ChangesRequestIn, payment, form)

    def _decide_against(
        self, service: Any, serializer: Any, payment: "Payment", form: Form
    ) -> object:
        values = checked(serializer, refusal_body(form))
        refusal = Refusal(**values, expected_version=form.expected_version())
        return service(payment_id=payment.pk, checker=self.viewer, refusal=refusal, at=self.at)


class Claim(Review):
    """Hold a payment for one's own review, or prolong that."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": DECIDE, "post": DECIDE}

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Lead to the payment: this step has no page of its own."""
        return self.go(reverse("portal:review", args=[self.find(reference).code]))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Hold it; the part of the page that says who does comes back."""
        payment, form = self.find(reference), read_form(request.POST)
        if "reason" in form.typed:
            return self._take_over(payment, form)
        is_held = self._claim(payment, form)
        if request.headers.get("HX-Request") == "true":
            lease = self.lease_of(payment, form)
            return self.show("queue/lease.html", payment=payment, **lease)
        url = reverse("portal:review", args=[payment.code])
        return self.go(url) if is_held else self.go(url, form.said, tone="bad")

    def _take_over(self, payment: "Payment", form: Form) -> HttpResponseBase:
        url = reverse("portal:review", args=[payment.code])
        form.controls = {"/take_over_because": "/reason"}
        if self._claim(payment, form, take_over_because=str(form.value("/reason"))):
            return self.go(url)
        step = {"step": TAKE_OVER, "back": url, "about": payment}
        return self.show("move.html", status=form.status, form=form, **step)

    def _claim(self, payment: "Payment", form: Form, take_over_because: str | None = None) -> bool:
        claim = partial(
            services.claim_review,
            payment_id=payment.pk,
            by=self.viewer,
            at=self.at,
            take_over_because=take_over_because,
        )
        return attempt(form, claim) is not None


class GiveBack(Review):
    """Give the review of a payment back to the queue."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": DECIDE, "post": DECIDE}

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Lead to the payment: this step has no page of its own."""
        return self.go(reverse("portal:review", args=[self.find(reference).code]))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give it back; a page that is left does so without a word."""
        payment, form = self.find(reference), Form()
        work = partial(services.release_review, payment_id=payment.pk, by=self.viewer, at=self.at)
        is_back = attempt(form, work) is not None
        if request.POST.get("quiet"):
            return HttpResponse(status=204)
        done = _("%(code)s is given back.") % {"code": payment.code}
        url = reverse("portal:queue")
        return self.go(url, done) if is_back else self.go(url, form.said, tone="bad")


def mark_of(payment: "Payment", held: HeldReview | None, *, may: bool) -> str:
    """Return what the part about the holder shows, in short: while it is the same, it stays."""
    if not payment.is_submitted:
        return f"{payment.status}-{payment.version}"
    holder = f"{held.reviewer.pk}-{held.expires_at.timestamp():.0f}" if held else "nobody"
    return f"{holder}-{may:d}"


VERDICTS: Mapping[str, Any] = {
    "approve": Decide.approve,
    "changes": Decide.request_changes,
    "reject": Decide.reject,
}
DONE: Mapping[str, Any] = {
    "approve": lambda: _("%(code)s is approved."),
    "changes": lambda: _("%(code)s went back to its maker."),
    "reject": lambda: _("%(code)s is rejected."),
}

"""The verifier's queue over HTTP: what waits, who looks at it, and how fast it goes."""

from typing import ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.clients.api.fields import IdField
from tenant_apps.payments import review, selectors, services
from tenant_apps.payments.api.examples import PAYMENT, QUEUE_FIGURES, QUEUED_PAYMENT, VERA
from tenant_apps.payments.api.outputs import (
    PaymentDetailOut,
    QueuedPaymentOut,
    QueueFiguresOut,
)
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import QueueFilters
from tenant_apps.payments.services import Assignment

VIEW, DECIDE, ASSIGN = "payments.view", "payments.decide", "payments.assign"


class QueueQuery(QuerySerializer):
    """What the queue may be asked for."""

    overdue = serializers.BooleanField(required=False, allow_null=True, default=None)
    assigned_to_me = serializers.BooleanField(required=False, allow_null=True, default=None)


class ClaimIn(InputSerializer):
    """A claim; why it takes over from somebody else who holds the review, where it does."""

    take_over_because = serializers.CharField(required=False, allow_blank=True, max_length=500)


class AssignmentIn(InputSerializer):
    """To whom a review is given, and for how many hours (by default the organization's usual)."""

    reviewer = IdField()
    hours = serializers.IntegerField(required=False, min_value=1, max_value=720)


class ReviewViewSet(ApiViewSet):
    """The payments that wait for a decision."""

    permissions: ClassVar = {
        "queue": DECIDE,
        "figures": DECIDE,
        "claim": DECIDE,
        "release": DECIDE,
        "assign": ASSIGN,
        "unassign": ASSIGN,
    }
    pagination: ClassVar = "cursor"

    @documented(response=QueuedPaymentOut, query=QueueQuery, example=QUEUED_PAYMENT, many=True)
    def queue(self, request: Request) -> Response:
        """List the payments that you may decide now, the most urgent first: by age and risk."""
        waiting = review.queue(
            viewer=self.viewer, at=self.at, filters=QueueFilters(**self.query(QueueQuery))
        )
        reviews = review.held_reviews(at=self.at)
        return self.page(waiting, QueuedPaymentOut, at=self.at, reviews=reviews)

    @documented(response=QueueFiguresOut, example=QUEUE_FIGURES)
    def figures(self, request: Request) -> Response:
        """Show how much waits, how much of it too long, and how fast decisions were lately."""
        return self.one(review.queue_figures(viewer=self.viewer, at=self.at), QueueFiguresOut)

    @documented(
        request=ClaimIn,
        response=PaymentDetailOut,
        request_example={"take_over_because": "It is overdue and Vera is away."},
        example=PAYMENT,
    )
    def claim(self, request: Request, reference: str) -> Response:
        """Hold a payment for your review; while you do, nobody else decides on it."""
        payment = self._get(reference)
        services.claim_review(
            payment_id=payment.pk, by=self.viewer, at=self.at, **self.read(ClaimIn)
        )
        return self._show(payment)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def release(self, request: Request, reference: str) -> Response:
        """Give your review of a payment back to the queue."""
        return self._release(reference)

    @documented(
        request=AssignmentIn,
        response=PaymentDetailOut,
        request_example={"reviewer": VERA["id"], "hours": 48},
        example=PAYMENT,
    )
    def assign(self, request: Request, reference: str) -> Response:
        """Give a payment to a reviewer for a while, a guest for example."""
        payment = self._get(reference)
        values = self.read(AssignmentIn)
        assignment = Assignment(reviewer_id=values["reviewer"], hours=values.get("hours"))
        services.assign_review(
            payment_id=payment.pk, assignment=assignment, by=self.viewer, at=self.at
        )
        return self._show(payment)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def unassign(self, request: Request, reference: str) -> Response:
        """Take a payment back from whoever reviews it."""
        return self._release(reference)

    def _release(self, reference: str) -> Response:
        payment = self._get(reference)
        services.release_review(payment_id=payment.pk, by=self.viewer, at=self.at)
        return self._show(payment)

    def _get(self, reference: str) -> Payment:
        return selectors.get_payment(reference=parse_reference(reference), viewer=self.viewer)

    def _show(self, payment: Payment) -> Response:
        return self.one(selectors.changed_payment(payment.pk), PaymentDetailOut, at=self.at)

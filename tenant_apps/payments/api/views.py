"""Payments over HTTP."""

from typing import Any, ClassVar
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.errors import PreconditionRequired
from shared_apps.web.schema import documented
from shared_apps.web.serializers import QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id, parse_reference
from tenant_apps.documents.api.views import download, refuse_large_body
from tenant_apps.payments import selectors, services
from tenant_apps.payments.api.examples import (
    ALLOCATIONS,
    CHANGES_REQUEST,
    CONTENT_DIFF,
    PAYMENT,
    PAYMENT_REQUEST,
    PAYMENT_ROW,
    REJECTION,
)
from tenant_apps.payments.api.inputs import (
    AllocationsIn,
    ApprovalIn,
    ChangesRequestIn,
    PaymentChangesIn,
    PaymentFormIn,
    PaymentIn,
    PaymentQuery,
    RejectionIn,
    as_changes,
    as_new_payment,
    client_reference,
)
from tenant_apps.payments.api.outputs import ContentDiffOut, PaymentDetailOut, PaymentOut
from tenant_apps.payments.differences import diff_since
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services import Allocation, Approval, Refusal

VIEW, SUBMIT, APPLY = "payments.view", "payments.submit", "payments.apply"


SEEN = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The payment's ETag as you saw it; needed unless the body has content_hash.",
)


class DiffQuery(QuerySerializer):
    """With which content to compare: its hash."""

    since = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)


def _evidence(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "evidence": values.get("evidence", ""),
        "evidence_files": tuple(values.get("evidence_files", ())),
    }


class DecisionNotBound(PreconditionRequired):
    """A decision came without saying which content of the payment it is about."""

    message = "Send If-Match with the payment's ETag, or its content_hash: what you decided on."


class PaymentViewSet(ApiViewSet):
    """Payments and what people do with them.

    The decisions ask for payments.view here: the service refuses the maker as maker_is_checker
    before it refuses whoever lacks payments.decide.
    """

    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "create": SUBMIT,
        "partial_update": SUBMIT,
        "submit": SUBMIT,
        "resubmit": SUBMIT,
        "withdraw": SUBMIT,
        "approve": VIEW,
        "reject": VIEW,
        "request_changes": VIEW,
        "apply": APPLY,
        "proof": VIEW,
        "evidence": VIEW,
        "diff": VIEW,
    }
    idempotent_actions: ClassVar = frozenset(
        {
            "create",
            "submit",
            "resubmit",
            "withdraw",
            "approve",
            "reject",
            "request_changes",
            "apply",
        }
    )
    pagination: ClassVar = "cursor"

    @documented(response=PaymentOut, query=PaymentQuery, example=PAYMENT_ROW)
    def list(self, request: Request) -> Response:
        """List the payments that you may see."""
        filters = selectors.PaymentFilters(**self.query(PaymentQuery))
        return self.page(selectors.list_payments(viewer=self.viewer, filters=filters), PaymentOut)

    @documented(
        request={"application/json": PaymentIn, "multipart/form-data": PaymentFormIn},
        request_example=PAYMENT_REQUEST,
        response=PaymentDetailOut,
        example=PAYMENT,
        status=201,
    )
    def create(self, request: Request) -> Response:
        """Submit a payment, or write it down as a draft."""
        refuse_large_body(request)
        values = self.read(PaymentFormIn)
        is_draft = values.pop("status", "submitted") == "draft"
        write = services.draft_payment if is_draft else services.submit_payment
        new = as_new_payment(values, reference=client_reference(self))
        payment = write(new=new, by=self.viewer, at=self.at)
        return self._show(payment.pk, status=201)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show a payment with its decisions, who can verify it, and where its money went."""
        return self.one(self._get(reference), PaymentDetailOut)

    @documented(
        request=PaymentChangesIn,
        response=PaymentDetailOut,
        request_example={"remarks": "The client paid in two transfers."},
        example=PAYMENT,
    )
    def partial_update(self, request: Request, reference: str) -> Response:
        """Change a payment before its decision; its remarks at any time."""
        payment = self._get(reference, permission=SUBMIT)
        changes = self.read(PaymentChangesIn, current=PaymentDetailOut(payment))
        services.edit_payment(
            payment_id=payment.pk,
            changes=as_changes(changes),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self._show(payment.pk)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def submit(self, request: Request, reference: str) -> Response:
        """Submit a draft."""
        payment = self._get(reference, permission=SUBMIT)
        services.submit_draft(payment_id=payment.pk, by=self.viewer, at=self.at)
        return self._show(payment.pk)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def resubmit(self, request: Request, reference: str) -> Response:
        """Hand a payment in again after a request for changes."""
        payment = self._get(reference, permission=SUBMIT)
        services.resubmit_payment(payment_id=payment.pk, by=self.viewer, at=self.at)
        return self._show(payment.pk)

    @documented(response=PaymentDetailOut, example=PAYMENT)
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take a payment back before its decision."""
        payment = self._get(reference, permission=SUBMIT)
        services.withdraw_payment(payment_id=payment.pk, by=self.viewer, at=self.at)
        return self._show(payment.pk)

    @extend_schema(parameters=[SEEN])
    @documented(
        request=ApprovalIn,
        response=PaymentDetailOut,
        request_example={
            "verified_amount": {"amount": "400.00", "currency": "USD"},
            "content_hash": "3f1c0a52b6d47e9887a1e24f5c6d7b8091a2b3c4d5e6f708192a3b4c5d6e7f80",
        },
        example=PAYMENT,
    )
    def approve(self, request: Request, reference: str) -> Response:
        """Verify a payment: its money counts from now on."""
        payment = self._get(reference)
        values = self.read(ApprovalIn)
        approval = Approval(
            verified=values.get("verified_amount"),
            fx_rate=values.get("fx_rate"),
            reason=values.get("reason", ""),
            allocations=tuple(
                Allocation(deal=payment.deal_id or payment.pk, **each)
                for each in values.get("allocations", ())
            ),
            **_evidence(values),
            **self._seen(values),
        )
        services.approve_payment(
            payment_id=payment.pk, checker=self.viewer, approval=approval, at=self.at
        )
        return self._show(payment.pk)

    @extend_schema(parameters=[SEEN])
    @documented(
        request=RejectionIn,
        response=PaymentDetailOut,
        request_example=REJECTION,
        example=PAYMENT,
    )
    def reject(self, request: Request, reference: str) -> Response:
        """Reject a payment: its money is not there."""
        payment = self._get(reference)
        values = self.read(RejectionIn)
        refusal = Refusal(**values | self._seen(values) | _evidence(values))
        services.reject_payment(
            payment_id=payment.pk, checker=self.viewer, refusal=refusal, at=self.at
        )
        return self._show(payment.pk)

    @extend_schema(parameters=[SEEN])
    @documented(
        request=ChangesRequestIn,
        response=PaymentDetailOut,
        request_example=CHANGES_REQUEST,
        example=PAYMENT,
    )
    def request_changes(self, request: Request, reference: str) -> Response:
        """Send a payment back to its maker."""
        payment = self._get(reference)
        values = self.read(ChangesRequestIn)
        refusal = Refusal(**values | self._seen(values) | _evidence(values))
        services.request_changes(
            payment_id=payment.pk, checker=self.viewer, refusal=refusal, at=self.at
        )
        return self._show(payment.pk)

    @documented(
        request=AllocationsIn,
        response=PaymentDetailOut,
        request_example=ALLOCATIONS,
        example=PAYMENT,
    )
    def apply(self, request: Request, reference: str) -> Response:
        """Apply what a verified payment still holds to other deals of its client."""
        payment = self._get(reference)
        values = self.read(AllocationsIn)["allocations"]
        allocations = [Allocation(**each) for each in values]
        services.apply_credit(
            payment_id=payment.pk, allocations=allocations, by=self.viewer, at=self.at
        )
        return self._show(payment.pk)

    @extend_schema(summary="Download a proof", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def proof(self, request: Request, reference: str, file_id: str) -> HttpResponseBase:
        """Download a proof, as an attachment, to whoever may see the payment."""
        return download(request, selectors.get_proof(self._get(reference), parse_id(file_id)))

    @extend_schema(summary="Download evidence", responses={(200, "*/*"): OpenApiTypes.BINARY})
    def evidence(self, request: Request, reference: str, file_id: str) -> HttpResponseBase:
        """Download what a verifier laid beside a decision, as an attachment."""
        return download(request, selectors.get_evidence(self._get(reference), parse_id(file_id)))

    @documented(response=ContentDiffOut, query=DiffQuery, example=CONTENT_DIFF)
    def diff(self, request: Request, reference: str) -> Response:
        """Compare a payment with an earlier content: what you decided on last, or `since`."""
        payment = self._get(reference)
        found = diff_since(payment, viewer=self.viewer, **self.query(DiffQuery))
        return self.one(found, ContentDiffOut)

    def _get(self, reference: str, *, permission: str = VIEW) -> Payment:
        return selectors.get_payment(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )

    def _seen(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the decision is bound to: the version from If-Match, the hash, or both.

        Raises: DecisionNotBound, StaleVersion when If-Match is no version of ours.
        """
        seen: dict[str, Any] = {}
        if "content_hash" in values:
            seen["content_hash"] = values["content_hash"]
        if "If-Match" in self.request.headers:
            seen["expected_version"] = self.expected_version()
        if not seen:
            raise DecisionNotBound
        return seen

    def _show(self, payment_id: UUID, *, status: int = 200) -> Response:
        return self.one(
            selectors.changed_payment(payment_id), PaymentDetailOut, status=status, at=self.at
        )

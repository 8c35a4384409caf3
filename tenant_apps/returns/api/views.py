"""Refunds, reversals, chargebacks, write-offs and recoveries over HTTP."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals.selectors import get_deal
from tenant_apps.payments.selectors import get_payment
from tenant_apps.returns import selectors, services
from tenant_apps.returns.api import serializers
from tenant_apps.returns.models import Kind, Return

VIEW, REQUEST, DECIDE, SEND = (
    selectors.VIEW,
    selectors.REQUEST,
    selectors.DECIDE,
    "returns.send",
)
EXAMPLE = serializers.RETURN_EXAMPLE
SEEN: dict[str, Any] = {"content_hash": EXAMPLE["content_hash"]}


class ReturnViewSet(ApiViewSet):
    """One kind of return; each URL says which."""

    kind: ClassVar[Kind | None] = None
    permissions: ClassVar = {
        "list": VIEW,
        "retrieve": VIEW,
        "approve": DECIDE,
        "reject": DECIDE,
        "withdraw": REQUEST,
        "sent": SEND,
        "failed": SEND,
        "recover": REQUEST,
    }
    idempotent_actions: ClassVar = frozenset(
        {"approve", "reject", "withdraw", "sent", "failed", "recover"}
    )

    @documented(response=serializers.ReturnOut, query=serializers.ReturnQuery, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List those that you may see."""
        filters = selectors.ReturnFilters(kind=self.kind, **self.query(serializers.ReturnQuery))
        return self.page(
            selectors.list_returns(viewer=self.viewer, filters=filters), serializers.ReturnOut
        )

    @documented(response=serializers.ReturnOut, example=EXAMPLE)
    def retrieve(self, request: Request, reference: str) -> Response:
        """Show one."""
        return self.one(self._get(reference, VIEW), serializers.ReturnOut)

    @documented(
        request=serializers.DecisionIn,
        response=serializers.ReturnOut,
        status=200,
        request_example=SEEN,
        example={**EXAMPLE, "status": "approved"},
    )
    def approve(self, request: Request, reference: str) -> Response:
        """Approve what you saw; of a chargeback: the bank kept the money."""
        decided = services.approve_return(**self._decision(reference))
        return self._show(decided)

    @documented(
        request=serializers.DecisionIn,
        response=serializers.ReturnOut,
        status=200,
        request_example={**SEEN, "reason": "The panel was not broken."},
        example={**EXAMPLE, "status": "rejected"},
    )
    def reject(self, request: Request, reference: str) -> Response:
        """Refuse it; of a chargeback: the money came back to us."""
        decided = services.reject_return(**{"reason": "", **self._decision(reference)})
        return self._show(decided)

    @documented(
        response=serializers.ReturnOut,
        status=200,
        example={**EXAMPLE, "status": "withdrawn"},
    )
    def withdraw(self, request: Request, reference: str) -> Response:
        """Take back what you asked for, before anybody has decided on it."""
        asked = self._get(reference, REQUEST)
        services.withdraw_return(return_id=asked.pk, by=self.viewer, at=self.at)
        return self._show(asked)

    @documented(
        request=serializers.SentIn,
        response=serializers.ReturnOut,
        status=200,
        request_example={"reference": "TRX-2026-0042"},
        example={**EXAMPLE, "status": "sent", "reference": "TRX-2026-0042"},
    )
    def sent(self, request: Request, reference: str) -> Response:
        """Note that an approved refund has left: now the money moves."""
        refund = self._get(reference, SEND)
        given = self.read(serializers.SentIn)["reference"]
        services.send_refund(return_id=refund.pk, reference=given, by=self.viewer, at=self.at)
        return self._show(refund)

    @documented(
        request=serializers.ReasonIn,
        response=serializers.ReturnOut,
        status=200,
        request_example={"reason": "The account is closed."},
        example={**EXAMPLE, "status": "failed", "failure": "The account is closed."},
    )
    def failed(self, request: Request, reference: str) -> Response:
        """Note that an approved refund could not be sent."""
        refund = self._get(reference, SEND)
        reason = self.read(serializers.ReasonIn)["reason"]
        services.fail_refund(return_id=refund.pk, reason=reason, by=self.viewer, at=self.at)
        return self._show(refund)

    @documented(
        request=serializers.ReasonIn,
        response=serializers.ReturnOut,
        status=201,
        request_example={"reason": "The client has promised to pay."},
        example={
            **EXAMPLE,
            "code": "RC-0001",
            "kind": "recovery",
            "payment": None,
            "reduces_sale": False,
            "write_off": {"id": "0197f1a0-0000-7000-8000-000000000032", "code": "WO-0001"},
        },
    )
    def recover(self, request: Request, reference: str) -> Response:
        """Ask for written-off money to be expected again: a recovery, which another decides on."""
        posted = self._get(reference, REQUEST)
        reason = self.read(serializers.ReasonIn)["reason"]
        asked = services.request_recovery(
            write_off_id=posted.pk, reason=reason, by=self.viewer, at=self.at
        )
        return self.one(asked, serializers.ReturnOut, status=201)

    def _decision(self, reference: str) -> dict[str, Any]:
        asked = self._get(reference, DECIDE)
        given = self.read(serializers.DecisionIn)
        return {"return_id": asked.pk, "checker": self.viewer, "at": self.at, **given}

    def _get(self, reference: str, permission: str) -> Return:
        return selectors.get_return(
            reference=parse_reference(reference),
            viewer=self.viewer,
            kind=self.kind,
            permission=permission,
        )

    def _show(self, changed: Return) -> Response:
        return self.one(self._get(str(changed.pk), VIEW), serializers.ReturnOut)


class RequestViewSet(ApiViewSet):
    """Asking for a return, below the payment or the deal that it is about."""

    permissions: ClassVar = {
        "of_payment": VIEW,
        "refund": REQUEST,
        "reverse": REQUEST,
        "charge_back": REQUEST,
        "write_off": REQUEST,
    }
    idempotent_actions: ClassVar = frozenset({"refund", "reverse", "charge_back", "write_off"})

    @documented(
        request=serializers.RefundIn,
        response=serializers.ReturnOut,
        status=201,
        request_example={
            "amount": EXAMPLE["amount"],
            "reduces_sale": True,
            "reason": "One panel was broken.",
        },
        example=EXAMPLE,
    )
    def refund(self, request: Request, reference: str) -> Response:
        """Ask for money of a verified payment to go back to the client."""
        given = self.read(serializers.RefundIn)
        return self._request(reference, Kind.REFUND, given)

    @documented(
        request=serializers.ReasonIn,
        response=serializers.ReturnOut,
        status=201,
        request_example={"reason": "The cheque bounced."},
        example={**EXAMPLE, "code": "RV-0001", "kind": "reversal", "reduces_sale": False},
    )
    def reverse(self, request: Request, reference: str) -> Response:
        """Ask for a verified payment to be undone: it was not money after all."""
        return self._request(reference, Kind.REVERSAL, self.read(serializers.ReasonIn))

    @documented(
        request=serializers.ChargebackIn,
        response=serializers.ReturnOut,
        status=201,
        request_example={"reference": "CB-77", "reason": "The card holder disputes it."},
        example={**EXAMPLE, "code": "CB-0001", "kind": "chargeback", "reduces_sale": False},
    )
    def charge_back(self, request: Request, reference: str) -> Response:
        """Report that the bank wants money of a verified payment back."""
        return self._request(reference, Kind.CHARGEBACK, self.read(serializers.ChargebackIn))

    @documented(
        request=serializers.ReasonIn,
        response=serializers.ReturnOut,
        status=201,
        request_example={"reason": "The client is insolvent."},
        example={**EXAMPLE, "code": "WO-0001", "kind": "write_off", "payment": None},
    )
    def write_off(self, request: Request, reference: str) -> Response:
        """Ask for what is owed on a won deal to be given up."""
        deal = get_deal(
            reference=parse_reference(reference), viewer=self.viewer, permission=REQUEST
        )
        reason = self.read(serializers.ReasonIn)["reason"]
        asked = services.request_write_off(
            deal_id=deal.pk, reason=reason, by=self.viewer, at=self.at
        )
        return self.one(asked, serializers.ReturnOut, status=201)

    @documented(response=serializers.ReturnOut, example=EXAMPLE, many=True)
    def of_payment(self, request: Request, reference: str) -> Response:
        """List what was asked to go back of a payment."""
        payment = get_payment(reference=parse_reference(reference), viewer=self.viewer)
        filters = selectors.ReturnFilters(payment=payment.pk)
        return self.page(
            selectors.list_returns(viewer=self.viewer, filters=filters), serializers.ReturnOut
        )

    def _request(self, reference: str, kind: Kind, given: dict[str, Any]) -> Response:
        payment = get_payment(
            reference=parse_reference(reference), viewer=self.viewer, permission=REQUEST
        )
        new = services.NewReturn(kind=kind, money=given.pop("amount", None), **given)
        asked = services.request_return(payment_id=payment.pk, new=new, by=self.viewer, at=self.at)
        return self.one(asked, serializers.ReturnOut, status=201)

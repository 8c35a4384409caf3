"""What spans deals and payments: a deal with its first payment, and a deal's payments."""

from typing import ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.deals.api.examples import DEAL_DETAIL, DEAL_REQUEST
from tenant_apps.deals.api.outputs import DealDetailOut
from tenant_apps.deals.api.serializers import DealIn, as_new_deal
from tenant_apps.deals.api.views import DealViewSet
from tenant_apps.deals.selectors import get_deal
from tenant_apps.payments import selectors, services
from tenant_apps.payments.api.examples import FIRST_PAYMENT_REQUEST, PAYMENT, PAYMENT_ROW
from tenant_apps.payments.api.inputs import FirstPaymentIn, as_first_payment, client_reference
from tenant_apps.payments.api.outputs import PaymentDetailOut, PaymentOut


class DealWithPaymentIn(DealIn):
    """A new deal, and its first payment when there is one: both are made, or neither."""

    payment = FirstPaymentIn(required=False, allow_null=True)


class DealWithPaymentOut(DealDetailOut):
    """A new deal with its first payment."""

    first_payment = PaymentDetailOut(allow_null=True)


class DealWithPaymentViewSet(DealViewSet):
    """The collection of deals, where a deal may come with its first payment."""

    @documented(
        request=DealWithPaymentIn,
        response=DealWithPaymentOut,
        status=201,
        request_example={**DEAL_REQUEST, "payment": FIRST_PAYMENT_REQUEST},
        example={**DEAL_DETAIL, "first_payment": PAYMENT},
    )
    def create(self, request: Request) -> Response:
        """Enter a deal with its lines, splits and instalments, up to won, and its first payment."""
        values = self.read(DealWithPaymentIn)
        sent = values.pop("payment", None)
        made = services.create_deal_with_payment(
            deal=as_new_deal(values),
            payment=as_first_payment(sent, reference=client_reference(self)) if sent else None,
            by=self.viewer,
            at=self.at,
        )
        response = self.show(made.deal_id, status=201)
        response.data["first_payment"] = self._payment(made.payment_id) if made.payment_id else None
        return response

    def _payment(self, payment_id: UUID) -> object:
        payment = selectors.get_payment(reference=payment_id, viewer=self.viewer)
        return PaymentDetailOut(payment).data


class DealPaymentsViewSet(ApiViewSet):
    """The payments of one deal."""

    permissions: ClassVar = {"list": selectors.VIEW}
    pagination: ClassVar = "cursor"

    @documented(response=PaymentOut, example=PAYMENT_ROW)
    def list(self, request: Request, reference: str) -> Response:
        """List the payments of a deal."""
        deal = get_deal(reference=parse_reference(reference), viewer=self.viewer)
        payments = selectors.payments_of_deal(deal_id=deal.pk, viewer=self.viewer)
        return self.page(payments, PaymentOut)

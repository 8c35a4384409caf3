"""A payment and a decision as they are typed, in the words of the API."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from shared_apps.kernel.models import money_of
from shared_apps.web.pages.form import Form, money, without_blanks
from tenant_apps.clients.api.fields import CodeOrIdField
from tenant_apps.payments.api.inputs import PaymentFormIn
from tenant_apps.portal.formatting import read_amount, type_amount, type_rate
from tenant_apps.portal.forms.deals import payment_body

if TYPE_CHECKING:
    from tenant_apps.payments.exchange import FxQuote
    from tenant_apps.payments.models import Payment

NO_CLIENT = gettext_lazy("Choose the client, or a deal of theirs.")
RATE = ("rate", "rate_on", "source")
NAMED = ("client", "deal")
CLEARABLE = ("reference", "remarks", "late_reason", "duplicate_justification")
# where a problem of a payment's files is put right
PROOF_CONTROLS = dict.fromkeys(
    ("/proof", "/proofs", "/file", "/payment/proofs", "/payment/file"), "/proof"
)
FIELDS = (*NAMED, *CLEARABLE, "amount", "bank_fee", "withholding", "method", "received_on")


class TypedPaymentIn(PaymentFormIn):
    """A new payment, whose client is that of its deal where one was chosen."""

    client = CodeOrIdField(error_messages={"required": NO_CLIENT})


def new_payment_body(form: Form, currency: str) -> dict[str, Any]:
    """Return a new payment as the API reads it."""
    typed = {name: form.value(f"/{name}") for name in (*FIELDS, "status")}
    rate = without_blanks({name: form.value(f"/fx/{name}") for name in RATE})
    if "rate" in rate:
        rate["rate"] = read_amount(str(rate["rate"]))
    return payment_body(typed, currency) | ({"fx": rate} if rate else {})


def changes_body(form: Form, currency: str) -> dict[str, Any]:
    """Return what may change of a payment: an emptied text is empty, an emptied fee is none."""
    body = new_payment_body(form, currency)
    body.pop("status", None)
    empty: dict[str, Any] = dict.fromkeys(CLEARABLE, "")
    return empty | {"bank_fee": None, "withholding": None, "deal": None, "fx": None} | body


def typed_payment(payment: "Payment") -> dict[str, Any]:
    """Return a payment as it would be typed."""
    amounts = {
        name: type_amount(money_of(getattr(payment, name), payment.currency).amount)
        for name in ("amount", "bank_fee", "withholding")
        if getattr(payment, name)
    }
    return {
        **{name: getattr(payment, name) for name in (*CLEARABLE, "currency", "method")},
        **amounts,
        "client": payment.client.code,
        "deal": payment.deal.code if payment.deal else "",
        "received_on": payment.received_on.isoformat(),
        **({"fx": typed_rate(payment.fx)} if payment.fx else {}),
    }


def typed_rate(fx: "FxQuote") -> dict[str, str]:
    """Return a rate as it would be typed."""
    return {
        "rate": type_rate(fx.rate),
        "rate_on": fx.rate_on.isoformat(),
        "source": fx.source,
    }


def approval_body(form: Form, currency: str) -> dict[str, Any]:
    """Return a verifier's yes as the API reads it."""
    names = ("verified_amount", "fx_rate", "reason", "evidence", "content_hash")
    body = without_blanks({name: form.value(f"/{name}") for name in names})
    if "verified_amount" in body:
        body["verified_amount"] = money(read_amount(str(body["verified_amount"])), currency)
    if "fx_rate" in body:
        body["fx_rate"] = read_amount(str(body["fx_rate"]))
    return body


def refusal_body(form: Form) -> dict[str, Any]:
    """Return a verifier's no as the API reads it."""
    names = ("reason", "failure_reason", "content_hash")
    return without_blanks({name: form.value(f"/{name}") for name in names})

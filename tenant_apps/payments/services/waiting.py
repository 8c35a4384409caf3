"""Note, once each, that nobody has decided a payment for a day."""

from datetime import datetime, timedelta

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.audit.selectors import subjects_of
from shared_apps.kernel.events import Actor
from tenant_apps.payments.events import PaymentUnverified
from tenant_apps.payments.models import Payment, Status

PATIENCE = timedelta(hours=24)
AT_ONCE = 200


@transaction.atomic
def note_unverified_payments(*, at: datetime) -> int:
    """Note each payment that was submitted more than 24 hours ago and waits; return how many.

    Records PaymentUnverified, once per payment. Takes 200 at most, skipping those that somebody
    works on.
    """
    waiting = Payment.objects.filter(status=Status.SUBMITTED, submitted_at__lt=at - PATIENCE)
    noted = subjects_of(PaymentUnverified.name)
    rows = waiting.exclude(pk__in=noted).order_by("pk")
    payments = list(rows.select_for_update(no_key=True, of=("self",), skip_locked=True)[:AT_ONCE])
    for payment in payments:
        event = PaymentUnverified(payment_id=payment.pk)
        record(event, actor=Actor.system("reviews"), at=at)
    return len(payments)

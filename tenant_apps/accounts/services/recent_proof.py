"""What cannot be taken back asks for a proof of who one is from the last minutes."""

from datetime import datetime, timedelta

from django.conf import settings

from shared_apps.kernel.errors import DomainError


class StepUpRequired(DomainError):
    """The last proof of who one is lies too far back for this."""

    code = "step_up_required"
    status = 403
    message = "Confirm that it is you (POST /api/auth/step-up/), then repeat this."


def require_recent_proof(credential: object, *, at: datetime) -> None:
    """Refuse when the last proof of a sign-in lies too far back, or there is none.

    `credential` is what the request came with: a SignIn, or what proves nothing of a person.
    Raises: StepUpRequired.
    """
    proved_at = getattr(credential, "proved_at", None)
    if proved_at is None or at - proved_at > timedelta(minutes=settings.STEP_UP_MINUTES):
        raise StepUpRequired

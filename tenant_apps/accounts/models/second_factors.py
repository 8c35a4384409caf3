"""What stands in for a lost second factor, and how another person's are taken away."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import Rights
from tenant_apps.accounts.models.people import User


class RecoveryCode(Row):
    """A code that stands in for a lost second factor, once. Only its hash is kept."""

    rights = Rights(update=("used_at",), delete=True)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class ResetStatus(models.TextChoices):
    """How far the reset of a person's second factors is."""

    PENDING = "pending"
    DONE = "done"
    DECLINED = "declined"


class MfaReset(Row):
    """One administrator asks that a person's second factors be taken away, another one agrees."""

    rights = Rights(update=("status", "decided_by_id", "decided_at"))

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mfa_resets")
    status = models.CharField(max_length=8, choices=ResetStatus, default=ResetStatus.PENDING)
    reason = models.CharField(max_length=500)
    requested_by_id = models.UUIDField()
    requested_at = models.DateTimeField()
    decided_by_id = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ResetStatus.values), name="mfa_reset_status_is_known"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(status="pending"), name="mfa_reset_one_pending"
            ),
            models.CheckConstraint(
                condition=~Q(status="done")
                | (Q(decided_by_id__isnull=False) & ~Q(decided_by_id=models.F("requested_by_id"))),
                name="mfa_reset_takes_two",
            ),
            models.CheckConstraint(
                condition=~Q(user_id=models.F("requested_by_id"))
                & (Q(decided_by_id=None) | ~Q(user_id=models.F("decided_by_id"))),
                name="mfa_reset_of_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} reset of {self.user_id}"

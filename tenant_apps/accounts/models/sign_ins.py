"""Sign-ins, what was proved for them, and the tokens that were good once."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import Rights
from tenant_apps.accounts.models.impersonations import LONGEST_VISIT, Impersonation
from tenant_apps.accounts.models.people import User


class SignInKind(models.TextChoices):
    """What a sign-in handed out: a pair of tokens, or a browser session beside it."""

    TOKEN = "token"  # noqa: S105  the name of a kind
    BROWSER = "browser"


class Proof(models.TextChoices):
    """What a person proved. A passkey is two in one: the device, and its PIN or fingerprint.

    SSO is what the organization's own provider says; a first factor, as the password is.
    """

    PASSWORD = "password"  # noqa: S105  the name of a proof
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"
    PASSKEY = "passkey"
    SSO = "sso"

    @property
    def is_second_factor(self) -> bool:
        """Return whether the proof is more than the password or the provider's word."""
        return self not in {Proof.PASSWORD, Proof.SSO}


class SignIn(Row):
    """One sign-in that lasts until it is ended or expires; tokens and browser sessions point to it.

    `proofs` names what the person proved, joined by "+"; `proved_at` is when they did last.

    `refresh_id` names the only refresh token that is still good: using it replaces it, and seeing
    an older one means that somebody copied it, which ends the sign-in.
    """

    rights = Rights(update=("refresh_id", "expires_at", "ended_at", "proofs", "proved_at"))

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    kind = models.CharField(max_length=7, choices=SignInKind)
    refresh_id = models.UUIDField(default=uuid4)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    proofs = models.CharField(max_length=60, blank=True, default="", db_default="")
    proved_at = models.DateTimeField(null=True)
    # set when it is an operator who acts as the person
    impersonation = models.ForeignKey(
        Impersonation, on_delete=models.PROTECT, null=True, related_name="sign_ins"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=SignInKind.values), name="sign_in_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(impersonation=None)
                | Q(
                    kind=SignInKind.BROWSER,
                    proved_at=None,
                    expires_at__lte=models.F("started_at") + LONGEST_VISIT,
                ),
                name="sign_in_of_an_operator_is_short",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("started_at")), name="sign_in_expires_later"
            ),
        ]
        indexes = [
            models.Index("user", condition=Q(ended_at=None), name="sign_in_open_by_user"),
        ]

    # what is asked of the person today; services.standing reads it along
    grace_days: int | None = None
    is_provider_asked: bool = False

    def __str__(self) -> str:
        return f"{self.kind} sign-in of {self.user_id}"

    def is_open(self, at: datetime) -> bool:
        """Return whether the sign-in still counts."""
        return self.ended_at is None and at < self.expires_at

    @property
    def has_second_factor(self) -> bool:
        """Return whether the person proved more than the password."""
        return any(Proof(name).is_second_factor for name in self.proofs.split("+") if name)


class SpentToken(models.Model):
    """A token that was good once and has been used; kept until it would have expired."""

    rights = Rights(delete=True)

    id = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id

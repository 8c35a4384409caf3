"""People and their sign-ins: operators in public, an organization's people in its own schema."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import CHANGE_MARKS, Archivable, Entity, Row
from shared_apps.kernel.rights import Rights


class PersonStatus(models.TextChoices):
    """Whether a person may sign in; `is_active` derives from it."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the person with this address. Raises: User.DoesNotExist."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, Entity, Archivable):
    """A person who can sign in, with the e-mail address as the name.

    A row of public's table is a platform operator, a row of an organization's table is one of its
    people: the same person in two organizations has two rows.
    """

    rights = Rights(
        update=(
            "password",
            "last_login",
            *CHANGE_MARKS,
            "archived_at",
            "email",
            "first_name",
            "last_name",
            "status",
            "phone",
            "locale",
            "timezone",
            "external_id",
            "password_change_required",
            "second_factor_asked_at",
            "approvals_blocked_until",
            "picture",
        )
    )

    email = models.EmailField(max_length=254, unique=True)
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    status = models.CharField(
        max_length=9, choices=PersonStatus, default=PersonStatus.INVITED, editable=False
    )
    phone = models.CharField(max_length=32, blank=True)
    locale = models.CharField(max_length=16, default="en")
    timezone = models.CharField(max_length=64, blank=True)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001  unique, so absent is NULL
    password_change_required = models.BooleanField(default=False, editable=False)
    is_operator = models.BooleanField(default=False, editable=False)
    # a program that comes with API keys: nobody signs in as it, and it has no roles
    is_service_account = models.BooleanField(default=False, db_default=False, editable=False)
    # when the door first asked for a second factor: the time to set one up runs from here
    second_factor_asked_at = models.DateTimeField(null=True, editable=False)
    # a person whose second factors were reset decides nothing until then
    approvals_blocked_until = models.DateTimeField(null=True, editable=False)
    # where the picture is kept, "" for none; each picture has a name of its own
    picture = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    # permission -> scope, as access read them for the request that loaded this row; never stored
    granted: Mapping[str, str] | None = None
    # the sign-in that the request came with; never stored
    opened_by: "SignIn | None" = None
    # the key that the request of a service account came with; never stored
    api_key: "ApiKey | None" = None

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower"),
            models.CheckConstraint(
                condition=Q(status__in=PersonStatus.values), name="user_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # derived from the status, so read-only
        """Return whether the person may sign in."""
        return self.status == PersonStatus.ACTIVE and not self.is_archived

    @property
    def full_name(self) -> str:
        """Return the name that others see: the e-mail address while no name is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email

    @property
    def picture_url(self) -> str | None:
        """Return where the API serves the picture; None for a person without one."""
        return f"/api/auth/people/{self.pk}/picture/" if self.picture else None

    @property
    def picture_mark(self) -> str:
        """Return what tells this picture from the one before."""
        return self.picture.rpartition("/")[2].partition(".")[0][-12:]

    @property
    def actor(self) -> Actor:
        """Return the person as the actor of an event, or the operator who acts as them."""
        if self.impersonation is not None:
            return self.impersonation.actor
        kind = "service_account" if self.is_service_account else "user"
        kind = "operator" if self.is_operator else kind
        return Actor(kind=kind, id=str(self.pk), label=self.full_name)

    @property
    def impersonation(self) -> "Impersonation | None":
        """Return by which visit an operator acts as the person in this request."""
        return self.opened_by.impersonation if self.opened_by is not None else None

    @property
    def is_staff(self) -> bool:
        """Return whether the platform console opens for the person."""
        return self.is_operator and self.is_active

    @property
    def is_superuser(self) -> bool:
        """Return whether the platform console hides nothing from the person."""
        return self.is_staff

    def has_perm(self, perm: str, obj: object | None = None) -> bool:
        """Answer Django's console: operators hold all its permissions, people none."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Answer Django's console: operators see all its sections, people none."""
        return self.is_staff


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


LONGEST_VISIT = timedelta(minutes=60)


class Impersonation(Row):
    """An operator acts as a person of an organization, for a reason and a time.

    The same row, under the same id, stands in public, where operators are accountable, and in the
    organization, whose administrators read it and whose sign-ins point to it.
    """

    rights = Rights(update=("entered_at", "ended_at"))

    operator_id = models.UUIDField()
    operator_label = models.CharField(max_length=200)
    organization_id = models.UUIDField()
    organization_slug = models.CharField(max_length=40)
    person_id = models.UUIDField()
    person_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("started_at"))
                & Q(ends_at__lte=models.F("started_at") + LONGEST_VISIT),
                name="impersonation_is_short",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="impersonation_has_reason"),
        ]
        indexes = [
            models.Index(models.F("started_at").desc(), name="impersonation_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_label} as {self.person_label}"

    @property
    def actor(self) -> Actor:
        """Return the operator as the actor of an event, on behalf of the person."""
        return Actor(
            kind="operator",
            id=str(self.operator_id),
            label=self.operator_label,
            on_behalf_of=self.person_label,
        )

    def is_open(self, at: datetime) -> bool:
        """Return whether the operator may still act as the person."""
        return self.ended_at is None and at < self.ends_at


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


class AttemptRow(models.Model):
    """A counter of failed sign-ins for the time without a cache; only public's table is used.

    `key` names neither the address nor the account.
    """

    rights = Rights(update=("number", "ends_at"), delete=True)

    key = models.CharField(primary_key=True, max_length=100)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key


class ApiKey(Row):
    """A secret with which a program comes as a service account. Only the secret's hash is kept.

    `grants` maps permissions to scopes: the key never holds more than whoever issued it does.
    `networks` are the addresses it may come from (CIDR), all when there are none. `replaces` is the
    key that this one took over from: each gives way to one.
    """

    rights = Rights(
        update=("expires_at", "revoked_at", "revoked_by_id", "last_used_at", "last_used_ip")
    )

    service_account = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    secret_hash = models.CharField(max_length=64)
    grants = models.JSONField()
    networks = models.JSONField(default=list)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    revoked_at = models.DateTimeField(null=True)
    revoked_by_id = models.UUIDField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_ip = models.GenericIPAddressField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gte=models.F("issued_at")), name="api_key_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.service_account_id}"

    def is_open(self, at: datetime) -> bool:
        """Return whether the key still counts."""
        return self.revoked_at is None and at < self.expires_at

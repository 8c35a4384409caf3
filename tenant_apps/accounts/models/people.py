"""People: operators in public, an organization's people in its own schema."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shared_apps.kernel.events import Actor
from shared_apps.kernel.models import CHANGE_MARKS, Archivable, Entity
from shared_apps.kernel.rights import Rights

if TYPE_CHECKING:
    from tenant_apps.accounts.models.api_keys import ApiKey
    from tenant_apps.accounts.models.impersonations import Impersonation
    from tenant_apps.accounts.models.sign_ins import SignIn


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

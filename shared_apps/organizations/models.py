from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django_tenants.models import DomainMixin, TenantMixin

from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.models import CurrencyField, Row, SealedField
from shared_apps.kernel.rights import KEPT, Rights
from shared_apps.tenancy.context import ROUTABLE_STATUSES
from shared_apps.tenancy.schemas import SCHEMA_NAME_PATTERN


class Status(models.TextChoices):
    """The life of an organization; only trial, active, past_due and suspended answer requests."""

    REQUESTED = "requested"
    PROVISIONING = "provisioning"
    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    SUSPENDED = "suspended"
    CLOSING = "closing"
    ERASED = "erased"
    FAILED = "failed"


class Organization(TenantMixin):  # type: ignore[misc]  # django-tenants is untyped
    """One customer of the platform; its data lives in the schema `schema_name`."""

    rights = Rights(
        update=(
            "slug",
            "name",
            "legal_name",
            "tax_id",
            "email",
            "billing_address",
            "currency",
            "timezone",
            "settings",
            "status",
            "failure",
            "key_version",
            "version",
            "updated_at",
        )
    )

    auto_create_schema = False
    auto_drop_schema = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    tax_id = models.CharField(max_length=64, blank=True)
    email = models.EmailField(blank=True)
    billing_address = models.JSONField(default=dict, blank=True)
    currency = CurrencyField()
    timezone = models.CharField(max_length=64, default="UTC")
    settings = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.REQUESTED)
    failure = models.TextField(blank=True)
    key_version = models.PositiveIntegerField(default=1)
    # of what the organization chooses: its names, address, currency, zone and settings
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(schema_name__regex=SCHEMA_NAME_PATTERN),
                name="organization_schema_opaque",
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="organization_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_routable(self) -> bool:
        """Return whether its host answers."""
        return self.status in ROUTABLE_STATUSES


class BuiltBy(models.TextChoices):
    """Where an organization's schema came from."""

    BLUEPRINT = "blueprint"
    MIGRATIONS = "migrations"


class Domain(DomainMixin):  # type: ignore[misc]  # django-tenants is untyped
    """A host name of an organization; the only place that knows its subdomain."""

    rights = Rights(update=("domain", "is_primary"), delete=True)

    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary"
            ),
        ]

    def __str__(self) -> str:
        return str(self.domain)


class Provisioning(models.Model):
    """Who owes an organization its schema, how far that is, and how it went.

    The right to work on it is a lease: `generation` rises with every claim, and a worker whose
    generation is no longer the row's may not commit. The owner's name and address are kept until
    the organization itself knows them.
    """

    rights = KEPT

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="provisioning"
    )
    owner_email = models.EmailField(blank=True)
    owner_first_name = models.CharField(max_length=150, blank=True)
    owner_last_name = models.CharField(max_length=150, blank=True)
    generation = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=120, blank=True)
    next_attempt_at = models.DateTimeField(db_default=Now())
    built_by = models.CharField(max_length=10, choices=BuiltBy.choices, blank=True)
    built_ms = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True)
    requested_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(built_by__in=["", *BuiltBy.values]), name="provisioning_built_by_known"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True)
                | Q(lease_until__isnull=True, owner_email="", owner_last_name=""),
                name="provisioning_finished_forgets",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(finished_at__isnull=True),
                name="provisioning_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"provisioning of {self.organization_id}"


class LoginHint(models.Model):
    """Somebody with this address has an account in this organization.

    Only a keyed digest of the address is kept: the table tells nobody whose accounts these are.
    """

    rights = Rights(delete=True)

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="login_hints"
    )
    address_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_digest", "organization"], name="login_hint_once"
            ),
        ]

    def __str__(self) -> str:
        return f"hint to {self.organization_id}"


class Administrator(models.Model):
    """Somebody who administers an organization, as the organization itself last told.

    A copy for operators, who never read across schemas: the person and the roles live in the
    organization. `roles` are the names of those that let the person administer.
    """

    rights = Rights(update=("name", "email", "status", "roles", "is_owner"), delete=True)

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="administrators"
    )
    person_id = models.UUIDField()
    name = models.CharField(max_length=300)
    email = models.EmailField(max_length=254)
    status = models.CharField(max_length=12)
    roles = models.JSONField(default=list)
    is_owner = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "person_id"], name="administrator_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} of {self.organization_id}"


class WorkspaceSearch(Row):
    """Somebody asked which organizations an address belongs to; gone once it was answered."""

    rights = Rights(update=("sealed_address",), delete=True)

    sealed_address = SealedField()
    asked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"search {self.pk}"


class SignUp(models.Model):
    """Somebody wants an organization and proves that the e-mail address is theirs.

    No schema, no host and no person exist before the code that was mailed comes back. `tries`
    counts wrong codes, `organization_id` names what came of it.
    """

    rights = Rights(update=("tries", "verified_at", "organization_id"), delete=True)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    currency = CurrencyField()
    timezone = models.CharField(max_length=64)
    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    locale = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    verified_at = models.DateTimeField(null=True)
    organization_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organization_id=None) | Q(verified_at__isnull=False),
                name="sign_up_founds_what_is_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"sign-up for {self.slug}"

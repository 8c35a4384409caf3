"""The people and companies that an organization sells to."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Lower, Upper

from shared_apps.kernel.models import Archivable, Entity, Row
from shared_apps.kernel.rights import KEPT, Rights

# a phone number without the signs that group it
PHONE_DIGITS = Func(
    F("phone"),
    Value(r"\D"),
    Value(""),
    Value("g"),
    function="regexp_replace",
    output_field=TextField(),
)


class ClientStatus(models.TextChoices):
    """How warm the relation is; what the client owes is derived elsewhere."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    DORMANT = "dormant"


class Client(Entity, Archivable):
    """A buyer: whom to talk to, whom to invoice, and who of us looks after them.

    `billing_address`: line1, line2, city, postal_code, region, country (ISO 3166 alpha-2).
    `contacts`: a list of {name, role, email, phone}. `satisfaction` is 1 (unhappy) to 5. A merged
    client is archived and points at the one that took over its history.
    """

    rights = KEPT

    code = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=200)
    legal_name = models.CharField(max_length=200, blank=True)
    billing_address = models.JSONField(default=dict)
    tax_id = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    contacts = models.JSONField(default=list)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=ClientStatus, default=ClientStatus.PROSPECT)
    tags = models.JSONField(default=list)
    remarks = models.TextField(blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    anonymised_at = models.DateTimeField(null=True, editable=False)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (unique)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="client_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=ClientStatus.values), name="client_status"
            ),
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True)
                | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="client_satisfaction",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False),
                name="client_merged_is_archived",
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="client_by_name"),
            models.Index(fields=["-created_at", "-id"], name="client_newest"),
            models.Index(fields=["updated_at"], name="client_updated"),
            # the search of `list_clients`: parts of words and words with typing errors
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("legal_name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                OpClass(PHONE_DIGITS, name="gin_trgm_ops"),
                name="client_search",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class ContactKind(models.TextChoices):
    """How somebody was in touch with a client."""

    CALL = "call"
    MEETING = "meeting"
    EMAIL = "email"
    OTHER = "other"


class ContactLogEntry(Row):
    """One contact with a client: what came of it, and what is to be done next by when.

    `done_at` is when the next step was done; the rest of an entry never changes.
    """

    rights = Rights(update=("client", "outcome", "next_step", "done_at"))

    client = models.ForeignKey(Client, models.PROTECT, related_name="contact_log")
    kind = models.CharField(max_length=10, choices=ContactKind)
    happened_at = models.DateTimeField()
    outcome = models.TextField()
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ContactKind.values), name="contact_log_kind"
            ),
            models.CheckConstraint(condition=~Q(outcome=""), name="contact_log_outcome"),
            models.CheckConstraint(
                condition=Q(next_step_on__isnull=True, done_at__isnull=True) | ~Q(next_step=""),
                name="contact_log_next_step",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-happened_at", "-id"], name="contact_log_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d}"

"""The people and companies that an organization sells to."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shared_apps.kernel.models import Archivable, Entity


class ClientStatus(models.TextChoices):
    """How warm the relation is; what the client owes is derived elsewhere."""

    PROSPECT = "prospect"
    ACTIVE = "active"
    DORMANT = "dormant"


class Client(Entity, Archivable):
    """A buyer: whom to talk to, whom to invoice, and who of us looks after them.

    `billing_address`: line1, line2, city, postal_code, region, country (ISO 3166 alpha-2).
    `contacts`: a list of {name, role, email, phone}.
    """

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
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 (unique)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="client_has_name"),
            models.CheckConstraint(
                condition=Q(status__in=ClientStatus.values), name="client_status"
            ),
        ]
        indexes = [
            models.Index(Lower("name"), name="client_by_name"),
            models.Index(fields=["-created_at", "-id"], name="client_newest"),
            models.Index(fields=["updated_at"], name="client_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

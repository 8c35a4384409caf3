"""The keys that programs come with."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import Rights
from tenant_apps.accounts.models.people import User


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

"""Connections of an organization to the provider that knows its people."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import CHANGE_MARKS, Entity, SealedField
from shared_apps.kernel.rights import Rights


class Connection(Entity):
    """An OpenID Connect provider whose word the organization takes.

    `allowed_domains` are those of the addresses that it may vouch for; people whom nobody entered
    get `default_role`, and stay outside when it is empty. `trusted_by_id` is who set it up last:
    the provider vouches for nobody who holds more than that person does.
    """

    rights = Rights(
        update=(
            *CHANGE_MARKS,
            "name",
            "issuer",
            "client_id",
            "sealed_secret",
            "allowed_domains",
            "default_role",
            "is_enabled",
            "is_required",
            "authorization_endpoint",
            "trusted_by_id",
            "checked_at",
        ),
        delete=True,
    )

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    # as allauth keeps it beside each linked person, in a column of 200
    issuer = models.CharField(max_length=200)
    client_id = models.CharField(max_length=191)
    sealed_secret = SealedField()
    allowed_domains = models.JSONField(default=list)
    default_role = models.CharField(max_length=50, blank=True)
    is_enabled = models.BooleanField(default=False)
    is_required = models.BooleanField(default=False)
    authorization_endpoint = models.CharField(max_length=500)
    trusted_by_id = models.UUIDField()
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_required=False) | Q(is_enabled=True),
                name="connection_required_is_enabled",
            ),
            models.CheckConstraint(condition=~Q(sealed_secret=""), name="connection_has_secret"),
        ]

    def __str__(self) -> str:
        return self.code

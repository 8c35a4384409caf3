"""What the administration of providers takes and gives."""

import re
from typing import Any

from rest_framework import serializers

from shared_apps.kernel.wording import worded
from shared_apps.web.serializers import InputSerializer, OutputSerializer

_DOMAIN = re.compile(r"^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")


class DomainsField(serializers.ListField):
    """Domains of e-mail addresses, in lower case, each once."""

    child = serializers.CharField(max_length=253)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=50, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Accept domains, not addresses."""
        domains = [each.strip().lower() for each in super().to_internal_value(data)]
        for domain in domains:
            if not _DOMAIN.match(domain):
                raise serializers.ValidationError(
                    worded("'%(domain)s' is not a domain.", domain=domain)
                )
        return tuple(dict.fromkeys(domains))


class ConnectionOut(OutputSerializer):
    """A provider as administrators see it; the client's secret is never shown."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    issuer = serializers.CharField()
    client_id = serializers.CharField()
    callback_url = serializers.SerializerMethodField()
    allowed_domains = serializers.ListField(child=serializers.CharField())
    default_role = serializers.CharField()
    is_enabled = serializers.BooleanField()
    is_required = serializers.BooleanField()
    checked_at = serializers.DateTimeField()
    version = serializers.IntegerField()

    def get_callback_url(self, _connection: object) -> str:
        """Return what the provider must be told to send people back to."""
        return str(self.context["callback_url"])


class ConnectionIn(InputSerializer):
    """A provider to trust."""

    code = serializers.SlugField(max_length=30)
    name = serializers.CharField(max_length=60)
    issuer = serializers.CharField(max_length=200)
    client_id = serializers.CharField(max_length=191)
    client_secret = serializers.CharField(
        max_length=500, write_only=True, trim_whitespace=False, style={"input_type": "password"}
    )
    allowed_domains = DomainsField()
    default_role = serializers.CharField(max_length=50, allow_blank=True, default="")


class ConnectionChangeIn(InputSerializer):
    """What to change of a provider."""

    name = serializers.CharField(max_length=60)
    issuer = serializers.CharField(max_length=200)
    client_id = serializers.CharField(max_length=191)
    client_secret = serializers.CharField(
        max_length=500, write_only=True, trim_whitespace=False, style={"input_type": "password"}
    )
    allowed_domains = DomainsField()
    default_role = serializers.CharField(max_length=50, allow_blank=True)
    is_required = serializers.BooleanField()


class FoundOut(OutputSerializer):
    """What a test found."""

    is_ok = serializers.BooleanField()
    problem = serializers.CharField()
    keys = serializers.IntegerField()
    authorization_endpoint = serializers.CharField()


class ProviderOut(OutputSerializer):
    """A provider as everybody may know it who comes to the door."""

    code = serializers.CharField()
    name = serializers.CharField()
    url = serializers.SerializerMethodField()
    is_required = serializers.BooleanField()

    def get_url(self, connection: Any) -> str:
        """Return where a browser begins."""
        return f"/sign-in/provider/{connection.code}/"

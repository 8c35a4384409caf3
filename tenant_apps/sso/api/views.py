"""The providers of an organization, for administrators, and for whoever comes to the door."""

from typing import Any, ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.sso.api import serializers
from tenant_apps.sso.models import Connection
from tenant_apps.sso.selectors import get_connection, list_connections, list_open_connections
from tenant_apps.sso.services import (
    ConnectionChanges,
    NewConnection,
    change_connection,
    create_connection,
    disable_connection,
    enable_connection,
    remove_connection,
    test_connection,
)
from tenant_apps.sso.services.sign_in import callback_url

NEW: dict[str, Any] = {
    "code": "okta",
    "name": "Okta",
    "issuer": "https://acme.okta.example",
    "client_id": "0oa1b2c3",
    "allowed_domains": ["acme.example"],
    "default_role": "team_member",
}
EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000021",
    **NEW,
    "callback_url": "https://prs.example/sso/callback/",
    "is_enabled": False,
    "is_required": False,
    "checked_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
PROVIDER_EXAMPLE = {
    "code": "okta",
    "name": "Okta",
    "url": "/sign-in/provider/okta/",
    "is_required": False,
}


class ConnectionViewSet(ApiViewSet):
    """Which providers the organization trusts, and how far."""

    permissions: ClassVar = {
        "list": "settings.view",
        "retrieve": "settings.view",
        "create": "settings.manage",
        "partial_update": "settings.manage",
        "test": "settings.manage",
        "enable": "settings.manage",
        "disable": "settings.manage",
        "destroy": "settings.manage",
    }
    confirmed_actions: ClassVar = frozenset(
        {"create", "partial_update", "test", "enable", "disable", "destroy"}
    )

    @documented(response=serializers.ConnectionOut, example=EXAMPLE)
    def list(self, request: Request) -> Response:
        """List providers, by name."""
        return self.page(list_connections(), serializers.ConnectionOut, callback_url=callback_url())

    @documented(response=serializers.ConnectionOut, example=EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a provider."""
        return self._show(get_connection(parse_id(pk)))

    @documented(
        request=serializers.ConnectionIn,
        response=serializers.ConnectionOut,
        status=201,
        request_example={**NEW, "client_secret": "0b5e..."},
        example=EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Enter a provider; it is asked for its description, and people come after enabling it."""
        new = NewConnection(**self.read(serializers.ConnectionIn))
        return self._show(create_connection(new=new, by=self.viewer, at=self.at), status=201)

    @documented(
        request=serializers.ConnectionChangeIn,
        response=serializers.ConnectionOut,
        request_example={"is_required": True},
        example={**EXAMPLE, "is_enabled": True, "is_required": True},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a provider; require it, and only owners still sign in with a password."""
        shown = serializers.ConnectionOut(
            get_connection(parse_id(pk)), context={"callback_url": callback_url()}
        )
        given = self.read(serializers.ConnectionChangeIn, current=shown)
        changed = change_connection(
            connection_id=parse_id(pk),
            changes=ConnectionChanges(**given),
            expected_version=self.expected_version(),
            by=self.viewer,
            at=self.at,
        )
        return self._show(changed)

    @documented(
        response=serializers.FoundOut,
        status=200,
        example={
            "is_ok": True,
            "problem": "",
            "keys": 2,
            "authorization_endpoint": "https://acme.okta.example/authorize",
        },
    )
    def test(self, request: Request, pk: str) -> Response:
        """Ask the provider for its description and keys, and say what was found."""
        found = test_connection(connection_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(found, serializers.FoundOut)

    @documented(
        response=serializers.ConnectionOut, status=200, example={**EXAMPLE, "is_enabled": True}
    )
    def enable(self, request: Request, pk: str) -> Response:
        """Let people come through a provider that answers now."""
        row = enable_connection(connection_id=parse_id(pk), by=self.viewer, at=self.at)
        return self._show(row)

    @documented(response=serializers.ConnectionOut, status=200, example=EXAMPLE)
    def disable(self, request: Request, pk: str) -> Response:
        """Let nobody come through a provider any more."""
        row = disable_connection(connection_id=parse_id(pk), by=self.viewer, at=self.at)
        return self._show(row)

    @documented(status=204)
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget a disabled provider and its secret."""
        remove_connection(connection_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.nothing()

    def _show(self, row: Connection, status: int = 200) -> Response:
        return self.one(row, serializers.ConnectionOut, status=status, callback_url=callback_url())


class ProviderView(ApiViewSet):
    """The providers that the sign-in page offers."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    allowed_when_suspended = True

    @documented(response=serializers.ProviderOut, example=PROVIDER_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List the providers that people sign in with, and where a browser begins."""
        return self.page(list_open_connections(), serializers.ProviderOut)

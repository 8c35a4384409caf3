"""allauth's hooks: which providers there are, and how they are asked."""

from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp

from shared_apps.kernel.field_keys import unseal
from shared_apps.web.outbound import guarded_session
from tenant_apps.sso.models import Connection

PROVIDER = "openid_connect"


class ConnectionAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Takes providers from our connections instead of allauth's table, where secrets lie open."""

    def list_apps(
        self, request: Any, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the connection whose id is asked for, as allauth knows it; there is no list."""
        row = Connection.objects.filter(pk=provider).first() if provider else None
        return [app_of(row)] if row is not None else []

    def get_requests_session(self) -> requests.Session:
        """Return a session that reaches no network of ours."""
        return guarded_session()


def app_of(connection: Connection) -> SocialApp:
    """Return a connection as allauth knows it; never stored. Raises: CannotUnseal."""
    return SocialApp(
        provider=PROVIDER,
        provider_id=str(connection.pk),
        name=connection.name[:40],
        client_id=connection.client_id,
        secret=unseal(connection.sealed_secret),
        settings={"server_url": connection.issuer.rstrip("/"), "oauth_pkce_enabled": True},
    )

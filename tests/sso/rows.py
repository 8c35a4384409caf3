"""A connection that is only there: nobody asks its provider."""

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.field_keys import seal
from tenant_apps.accounts.models import User
from tenant_apps.sso.models import Connection
from tenant_apps.sso.services import ConnectionChanges, change_connection


def keep_connection(by: User, *, code: str = "there") -> Connection:
    """Keep an enabled connection of the organization at work, with a provider on this machine."""
    row = Connection(
        code=code,
        name="Provider",
        issuer="https://127.0.0.1",
        client_id="prs",
        sealed_secret=seal("secret"),
        authorization_endpoint="https://127.0.0.1/authorize",
        allowed_domains=["acme.example"],
        trusted_by_id=by.pk,
        checked_at=utc_now(),
        is_enabled=True,
    )
    row.save(force_insert=True)
    return row


def require(connection: Connection, by: User) -> None:
    """Require the provider of everybody."""
    change_connection(
        connection_id=connection.pk,
        changes=ConnectionChanges(is_required=True),
        expected_version=connection.version,
        by=by,
        at=utc_now(),
    )

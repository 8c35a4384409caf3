"""Reads of connections, and of whom a provider knows."""

from collections.abc import Collection
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.db.models import QuerySet

from shared_apps.kernel.errors import NotFound
from shared_apps.tenancy.context import is_platform
from tenant_apps.sso.models import Connection


def list_connections() -> QuerySet[Connection]:
    """Return every connection, by name and id."""
    return Connection.objects.order_by("name", "pk")


def connections_among(ids: Collection[UUID]) -> QuerySet[Connection]:
    """Return the connections with these ids, whoever asks: what the audit log calls them."""
    return Connection.objects.filter(pk__in=ids).order_by("pk")


def list_open_connections() -> QuerySet[Connection]:
    """Return the connections that people may come through, by name and id."""
    return list_connections().filter(is_enabled=True)


def list_offers() -> list[Connection]:
    """Return the connections that the door offers; the platform has none."""
    return [] if is_platform() else list(list_open_connections())


def get_connection(connection_id: UUID) -> Connection:
    """Return one connection. Raises: NotFound."""
    return _one(list_connections().filter(pk=connection_id))


def get_open_connection(code: str) -> Connection:
    """Return the connection of this code that people may come through. Raises: NotFound."""
    return _one(list_open_connections().filter(code=code))


def find_linked_person(issuer: str, subject: str) -> UUID | None:
    """Return the person whom the provider knows under this name."""
    rows = SocialAccount.objects.filter(provider=issuer, uid=subject)
    found: UUID | None = rows.values_list("user_id", flat=True).first()
    return found


def is_linked(issuer: str, user_id: UUID) -> bool:
    """Return whether the provider knows this person already, under whatever name."""
    return bool(SocialAccount.objects.filter(provider=issuer, user_id=user_id).exists())


def _one(rows: QuerySet[Connection]) -> Connection:
    row = rows.first()
    if row is None:
        raise NotFound
    return row

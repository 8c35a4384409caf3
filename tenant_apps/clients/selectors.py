"""Reads of clients: what a person may see is decided here."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from shared_apps.kernel.errors import PermissionRefused, ValidationFailed
from shared_apps.tenancy.context import current_schema
from tenant_apps.access.scopes import scope_of
from tenant_apps.clients.models import Client, ContactLogEntry
from tenant_apps.clients.searching import matching
from tenant_apps.teams.selectors import people_of_team

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

VIEW = "clients.view"
ORDERINGS = ("created_at", "-created_at", "name", "-name", "updated_at", "-updated_at")
_BILLING_ADDRESS_PARTS = ("line1", "city", "country")


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientFilters:
    """What a list of clients may be asked for; None asks nothing.

    `updated_since` includes archived clients, so that a copy elsewhere learns of them.
    """

    status: str | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    tag: str | None = None
    search: str | None = None
    external_id: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    updated_since: datetime | None = None
    include_archived: bool = False
    ordering: str = "-created_at"


def visible_clients(viewer: "User", permission: str = VIEW) -> QuerySet[Client]:
    """Return the clients that the permission opens to the person, archived ones included.

    Raises: PermissionRefused.
    """
    scope = scope_of(viewer, permission)
    clients = Client.objects.all()
    return clients if scope.user_ids is None else clients.filter(owner_id__in=scope.user_ids)


def list_clients(*, viewer: "User", filters: ClientFilters, on: date) -> QuerySet[Client]:
    """Return the clients the person may see, with their owners; teams are those of the day `on`.

    Raises: PermissionRefused.
    """
    clients = with_names(visible_clients(viewer).filter(_conditions(filters)))
    if filters.team_id is not None:
        clients = clients.filter(owner_id__in=people_of_team(filters.team_id, on=on))
    if filters.search:
        clients = matching(clients, filters.search)
    if not (filters.include_archived or filters.updated_since):
        clients = clients.filter(archived_at=None)
    return clients.order_by(filters.ordering, "-pk")


def _conditions(filters: ClientFilters) -> Q:
    asked: dict[str, Any] = {
        "status": filters.status,
        "owner_id": filters.owner_id,
        "external_id": filters.external_id,
        "created_at__gte": filters.created_after,
        "created_at__lt": filters.created_before,
        "updated_at__gte": filters.updated_since,
        "tags__contains": [filters.tag] if filters.tag else None,
    }
    return Q(**{name: value for name, value in asked.items() if value is not None})


def with_names(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Add what a client is shown with, in one query."""
    return clients.select_related("owner", "merged_into")


def get_client(*, reference: UUID | str, viewer: "User", permission: str = VIEW) -> Client:
    """Return one client by id or code, if the permission opens it to the person.

    Raises: Client.DoesNotExist, PermissionRefused.
    """
    return with_names(visible_clients(viewer, permission)).get(referred(reference))


def get_duplicate(*, reference: UUID | str, viewer: "User") -> Client:
    """Return the client that a form names as a duplicate. Raises: ValidationFailed."""
    found = with_names(visible_clients(viewer)).filter(referred(reference)).first()
    if found is None:
        message = "There is no such client, or it is not yours to see."
        raise ValidationFailed.at("/duplicate", message, code="not_found")
    return found


def referred(reference: UUID | str) -> Q:
    """Return the condition for an id or a code."""
    return Q(pk=reference) if isinstance(reference, UUID) else Q(code=reference)


def lock_client(*, client_id: UUID, by: "User", permission: str) -> Client:
    """Return a client for changing it, locked.

    Raises: Client.DoesNotExist when the person may not see it, PermissionRefused when only see.
    """
    locked = visible_clients(by, permission).select_for_update(no_key=True, of=("self",))
    client = locked.filter(pk=client_id).first()
    if client is not None:
        return client
    if visible_clients(by).filter(pk=client_id).exists():
        raise PermissionRefused
    raise Client.DoesNotExist


def hold_clients_steady() -> None:
    """Keep clients from being merged until this transaction ends.

    Whoever makes new business with a client that they looked up calls this before the look-up.
    """
    _lock_merging("pg_advisory_xact_lock_shared")


def stop_new_business() -> None:
    """Wait for new business in the making, and hold off more until this transaction ends."""
    _lock_merging("pg_advisory_xact_lock")


def _lock_merging(function: str) -> None:
    # advisory locks are the database's: the schema is part of the key
    with connection.cursor() as cursor:
        key = f"{current_schema()}:clients.merging"
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key])


def contact_log_of(*, client: Client) -> QuerySet[ContactLogEntry]:
    """Return the contacts with a client, newest first, with who logged them."""
    entries = ContactLogEntry.objects.filter(client=client).select_related("author")
    return entries.order_by("-happened_at", "-pk")


def open_next_steps(
    *, viewer: "User", owner_id: UUID | None = None, until: date | None = None
) -> QuerySet[ContactLogEntry]:
    """Return what is still to be done for the clients that the viewer sees, the next day first.

    They are the task of the client's owner. Raises: PermissionRefused.
    """
    clients = visible_clients(viewer).filter(archived_at=None)
    if owner_id is not None:
        clients = clients.filter(owner_id=owner_id)
    steps = ContactLogEntry.objects.filter(client__in=clients, done_at=None).exclude(next_step="")
    if until is not None:
        steps = steps.filter(next_step_on__lte=until)
    in_order = (F("next_step_on").asc(nulls_last=True), "pk")
    return steps.select_related("author", "client").order_by(*in_order)


def get_contact(*, client: Client, entry_id: UUID) -> ContactLogEntry:
    """Return one contact with a client. Raises: ContactLogEntry.DoesNotExist."""
    return contact_log_of(client=client).get(pk=entry_id)


def has_clients() -> bool:
    """Return whether anybody has ever entered a client."""
    return Client.objects.exists()


def clients_among(ids: Collection[UUID]) -> QuerySet[Client]:
    """Return the clients with these ids, whoever asks: what the audit log calls them."""
    return Client.objects.filter(pk__in=ids).order_by("pk")


def clients_by_id(ids: Iterable[UUID]) -> dict[UUID, Client]:
    """Return the clients with these ids. The caller has checked who may see them."""
    return Client.objects.in_bulk(set(ids))


def find_client_by_name(name: str, *, viewer: "User") -> Client | None:
    """Return the client of exactly this name, in any case, that the person may see.

    Raises: PermissionRefused.
    """
    namesakes = visible_clients(viewer).filter(name__iexact=name, archived_at=None)
    return namesakes.order_by("-created_at", "-pk").first()


def find_client_by_external_id(external_id: str) -> Client | None:
    """Return the client that another system knows by this id."""
    return Client.objects.filter(external_id=external_id).first()


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingParty:
    """Whom an invoice is made out to."""

    name: str
    legal_name: str
    address: dict[str, str]
    tax_id: str
    email: str

    @property
    def is_complete(self) -> bool:
        """Return whether an invoice can be made out: a name and line1, city and country."""
        return bool(self.name) and all(self.address.get(part) for part in _BILLING_ADDRESS_PARTS)


def billing_party(client_id: UUID) -> BillingParty:
    """Return whom to invoice. Raises: Client.DoesNotExist."""
    client = Client.objects.get(pk=client_id)
    return BillingParty(
        name=client.name,
        legal_name=client.legal_name or client.name,
        address=dict(client.billing_address),
        tax_id=client.tax_id,
        email=client.email,
    )


_BILLING_ROLES = ("billing", "invoice", "finance", "account")


def billing_email(client_id: UUID) -> str:
    """Return where a client takes invoices, empty when nobody is known. See billing_emails."""
    return billing_emails([client_id]).get(client_id, "")


def billing_emails(client_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return where each client takes invoices: a contact for billing, else the client's address.

    One query; a client without any address has an empty one.
    """
    rows = Client.objects.filter(pk__in=list(client_ids)).order_by("pk")
    return {
        pk: next(filter(None, _addresses_for_billing(contacts)), email)
        for pk, contacts, email in rows.values_list("pk", "contacts", "email")
    }


def _addresses_for_billing(contacts: list[dict[str, str]]) -> list[str]:
    return [
        str(contact.get("email") or "")
        for contact in contacts
        if any(role in str(contact.get("role") or "").lower() for role in _BILLING_ROLES)
    ]

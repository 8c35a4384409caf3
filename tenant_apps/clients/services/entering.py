"""Enter a client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import (
    DomainError,
    FieldProblem,
    Gathering,
    PermissionRefused,
    ValidationFailed,
)
from shared_apps.kernel.wording import worded
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.clients.events import ClientCreated
from tenant_apps.clients.models import Client, ClientStatus
from tenant_apps.documents.services import next_code

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

CHANGEABLE = frozenset(
    {
        "name", "legal_name", "billing_address", "tax_id", "email", "phone", "contacts",
        "owner_id", "status", "satisfaction", "tags", "remarks", "external_id",
    }
)  # fmt: skip
# what clients of one's own are recognised by, and what is not told apart in it
ALIKE_BY = ("name", "tax_id", "email")
PUNCTUATION = r"[\s.,;:&'\"()/_-]+"
MOST_SHOWN = 5


class ClientExists(DomainError):
    """A colleague has a client of this name or tax number; what is in it stays theirs."""

    code, status = "client_exists", 409
    message = "This client exists, ask the owner."

    @classmethod
    def naming(cls, owner: "User") -> "ClientExists":
        """Return the refusal for somebody who may know who the owner is."""
        return cls(worded("This client exists, ask the owner: %(owner)s.", owner=owner.full_name))


class ClientLooksAlike(DomainError):
    """A client of one's own has the name, tax number or e-mail; `look_alikes` are the clients."""

    code, status = "client_looks_alike", 409
    message = (
        "This looks like a client of yours; see errors. If it is another one, say so in is_another."
    )
    look_alikes: tuple[Client, ...] = ()

    @classmethod
    def of(cls, found: Mapping[str, Sequence[Client]]) -> "ClientLooksAlike":
        """Return the refusal of a client; `found` are the others by what they have in common."""
        refusal = cls(
            problems=[
                FieldProblem(
                    field=f"/{column}",
                    code="looks_alike",
                    message=worded(
                        "It looks like %(code)s (%(name)s).", code=each.code, name=each.name
                    ),
                )
                for column, clients in found.items()
                for each in clients
            ]
        )
        by_id = {each.pk: each for clients in found.values() for each in clients}
        refusal.look_alikes = tuple(by_id.values())
        return refusal


class ExternalIdTaken(DomainError):
    """Another row already carries this external id."""

    code, status = "external_id_taken", 409
    message = "This external id is in use already."
    field = "/external_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewClient:
    """A client to be; `owner_id` defaults to the person who enters it.

    `is_another` says that it is not the client of one's own that it looks like.
    """

    name: str
    legal_name: str = ""
    billing_address: Mapping[str, str] = field(default_factory=dict)
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    contacts: tuple[Mapping[str, str], ...] = ()
    owner_id: UUID | None = None
    status: str = ClientStatus.PROSPECT
    tags: tuple[str, ...] = ()
    remarks: str = ""
    satisfaction: int | None = None
    external_id: str | None = None
    is_another: bool = False


@transaction.atomic
def create_client(
    *, new: NewClient, by: "User", at: datetime, so_far: Gathering | None = None
) -> Client:
    """Enter a client; records ClientCreated. Holds the CL counter, so creations take turns.

    What was found wrong before, `so_far`, is said with all that is wrong here; nothing is done.
    Raises: ClientExists, ClientLooksAlike, ExternalIdTaken, PermissionRefused for an owner outside
    the scope.
    """
    owner_id, together = new.owner_id or by.pk, so_far or Gathering()
    with together.part():
        check_owner(owner_id, by=by, permission="clients.create")
    code = next_code("CL")
    with together.part():
        _refuse_duplicates(new, by=by)
    together.refuse()
    client = Client(
        code=code,
        name=new.name.strip(),
        legal_name=new.legal_name,
        billing_address=dict(new.billing_address),
        tax_id=new.tax_id,
        email=new.email.lower(),
        phone=new.phone,
        contacts=[dict(contact) for contact in new.contacts],
        owner_id=owner_id,
        status=new.status,
        tags=list(new.tags),
        remarks=new.remarks,
        satisfaction=new.satisfaction,
        external_id=new.external_id or None,
        created_by_id=by.pk,
        updated_by_id=by.pk,
        created_at=at,
        updated_at=at,
    )
    client.save(force_insert=True)
    record(ClientCreated(client_id=client.pk), actor=by.actor, at=at, after=state_of(client))
    return client


def check_owner(owner_id: UUID, *, by: "User", permission: str) -> None:
    """Refuse an owner outside the person's scope, or one that does not exist.

    Raises: PermissionRefused, ValidationFailed.
    """
    scope = scope_of(by, permission)
    if scope.user_ids is not None and owner_id not in scope.user_ids:
        raise PermissionRefused("You can only be the owner yourself.")
    if owner_id != by.pk and owner_id not in people_by_id([owner_id]):
        raise ValidationFailed.at("/owner", "There is no such person.")


def _refuse_duplicates(new: NewClient, *, by: "User") -> None:
    """Runs after the counter is locked: a concurrent creation has committed or waits."""
    together = Gathering()
    with together.part():
        _refuse_namesake(new, by=by)
    with together.part():
        if new.external_id and Client.objects.filter(external_id=new.external_id).exists():
            raise ExternalIdTaken
    with together.part():
        found = {} if new.is_another else _own_look_alikes(new, by=by)
        if found:
            raise ClientLooksAlike.of(found)
    together.refuse()


def _refuse_namesake(new: NewClient, *, by: "User") -> None:
    """Refuse a colleague's client, at the name or the number that it has. Raises: ClientExists."""
    name, tax_id = new.name.strip(), new.tax_id.strip()
    is_same = Q(name__iexact=name) | (Q(tax_id__iexact=tax_id) if tax_id else Q())
    namesakes = Client.objects.filter(is_same, archived_at=None)
    other = namesakes.exclude(owner_id=by.pk).select_related("owner").order_by("pk").first()
    if other is None:
        return
    may_see = _may_see(other.owner_id, by=by)
    refusal = ClientExists.naming(other.owner) if may_see else ClientExists()
    refusal.field = "/name" if other.name.casefold() == name.casefold() else "/tax_id"
    raise refusal


def _own_look_alikes(new: NewClient, *, by: "User") -> dict[str, list[Client]]:
    """Return the person's clients of this name, tax number or address, however it is written."""
    own = Client.objects.filter(owner_id=by.pk, archived_at=None).order_by("pk")
    found = {
        column: list(own.filter(Exact(_plain(F(column)), _plain(Value(text))))[:MOST_SHOWN])
        for column in ALIKE_BY
        if (text := str(getattr(new, column)).strip())
    }
    return {column: clients for column, clients in found.items() if clients}


def _plain(text: F | Value) -> Func:
    """Return a text without case, spaces and punctuation."""
    parts = (Upper(text), Value(PUNCTUATION), Value(""), Value("g"))
    return Func(*parts, function="regexp_replace", output_field=CharField())


def _may_see(user_id: UUID, *, by: "User") -> bool:
    """Return whether somebody sees a person, among the organization's people or in their teams."""
    held = [name for name in ("people.view", "teams.view") if has_permission(by, name)]
    return any(scope_of(by, name).covers(user_id) for name in held)


def state_of(client: Client) -> dict[str, Any]:
    """Return what an event keeps of a client."""
    return {name: getattr(client, name) for name in sorted(CHANGEABLE)}

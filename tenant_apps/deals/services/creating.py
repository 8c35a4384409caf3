"""Enter a deal: header, terms and credit in one go, up to won."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from shared_apps.audit.recording import Noted, record_all
from shared_apps.kernel.errors import (
    DomainError,
    Gathering,
    PermissionRefused,
    ValidationFailed,
)
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.clients.selectors import get_client, hold_clients_steady
from tenant_apps.clients.services import ExternalIdTaken, check_owner
from tenant_apps.deals.events import DealCreated, DealLost, DealWon
from tenant_apps.deals.models import Deal, DealStatus, Product, SalesCreditSplit, Stage
from tenant_apps.deals.services.discounting import check_new_discount
from tenant_apps.deals.services.guards import check_days, refuse_won_ahead
from tenant_apps.deals.services.versions import (
    check_terms,
    insert_version,
    new_version,
    products_of,
    refuse_archived,
)
from tenant_apps.deals.terms import (
    InvalidTerms,
    NewInstalment,
    NewLine,
    NewSplit,
    NewTerms,
    Terms,
    check_splits,
)
from tenant_apps.documents.services import next_code
from tenant_apps.projects.selectors import get_project

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client

CREATE = "deals.create"
FIRST_STATUSES = (DealStatus.DRAFT, DealStatus.OPEN, DealStatus.WON)


class ClientIsArchived(DomainError):
    """The client has left the lists."""

    code, status = "client_archived", 409
    message = "The client is archived; choose another one."
    field = "/client"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDeal:
    """A deal to be.

    `client` is an id or a code. `currency` defaults to the lines', then the organization's;
    `splits` to 100 % for the owner; `instalments` to the whole, due after the payment terms;
    `deal_on` to the local day of `at`. `won_at` places a win at another time than the entry.
    Only create_deals, which brings in history, takes lost deals; they need a `lost_reason`.
    """

    name: str
    client: UUID | str
    status: str = DealStatus.OPEN
    lines: tuple[NewLine, ...] = ()
    splits: tuple[NewSplit, ...] = ()
    instalments: tuple[NewInstalment, ...] = ()
    currency: str | None = None
    terms: str = ""
    is_estimate: bool = False
    prices_include_tax: bool = False
    owner_id: UUID | None = None
    stage_id: UUID | None = None
    project_id: UUID | None = None
    source: str = ""
    expected_close_on: date | None = None
    deal_on: date | None = None
    remarks: str = ""
    external_id: str | None = None
    won_at: datetime | None = None
    lost_reason: str = ""


@dataclass(frozen=True)
class CheckedDeal:
    """A deal to be with which nothing is wrong: whose it is, what it costs, who is credited."""

    client: "Client"
    owner_id: UUID
    terms: Terms
    splits: tuple[NewSplit, ...]


@transaction.atomic
def create_deal(*, new: NewDeal, by: "User", at: datetime) -> Deal:
    """Enter a deal as draft, open or won; records DealCreated, and DealWon when it is won.

    Holds the DL counter. Sees the client as the person does.
    Raises: Client.DoesNotExist, and what check_new_deal raises.
    """
    return enter(new, check_new_deal(new=new, by=by, at=at), by=by, at=at)


def check_new_deal(*, new: NewDeal, by: "User", at: datetime) -> CheckedDeal:
    """Return what a deal would be made of, or say all that is wrong with it.

    The client is not merged before the transaction ends.
    Raises: ClientIsArchived, InvalidTerms, DiscountNeedsApproval, ExternalIdTaken,
    PermissionRefused, ValidationFailed.
    """
    together, owner_id = Gathering(), new.owner_id or by.pk
    with together.part():
        client = client_for(new.client, by=by)
    check_owner(owner_id, by=by, permission=CREATE)
    with together.part():
        check_header(new, at=at)
    with together.part():
        check_stage(new.stage_id, is_chosen=True)
    with together.part():
        check_project(new.project_id, by=by, at=at)
    with together.part():
        _refuse_taken(new.external_id)
    products = products_of(new.lines)
    with together.part():
        refuse_archived(new.lines, products)
    with together.part():
        terms = terms_of(new, at=at, products=products)
        if new.status == DealStatus.WON:
            check_new_discount(terms)
    with together.part():
        splits = splits_of(new, owner_id)
        check_payees(splits, known={by.pk, owner_id})
    together.refuse()
    return CheckedDeal(client, owner_id, terms, splits)


def enter(new: NewDeal, checked: CheckedDeal, *, by: "User", at: datetime) -> Deal:
    """Write a checked deal down; records DealCreated, and DealWon when it is won."""
    terms = checked.terms
    deal = _insert(header_of(new, checked.client, checked.owner_id, at), terms, by=by, at=at)
    insert_splits(deal, checked.splits)
    record_creation(deal, terms, new.status, by=by, at=at)
    return deal


def client_for(reference: UUID | str, *, by: "User") -> "Client":
    """Return the client as the person sees it; it is not merged before the transaction ends.

    Raises: ValidationFailed at /client, ClientIsArchived, PermissionRefused.
    """
    hold_clients_steady()
    try:
        client = get_client(reference=reference, viewer=by)
    except ObjectDoesNotExist:
        message = "There is no such client, or it is not yours to see."
        raise ValidationFailed.at("/client", message, code="not_found") from None
    return usable(client)


def usable(client: "Client") -> "Client":
    """Return the client if deals may be made with it. Raises: ClientIsArchived."""
    if client.is_archived:
        raise ClientIsArchived
    return client


def check_header(new: NewDeal, *, at: datetime) -> None:
    """Refuse a deal without a name, on far days, won ahead, or in a state that no deal begins in.

    Raises: ValidationFailed.
    """
    together = Gathering()
    with together.part():
        if not new.name.strip():
            raise ValidationFailed.at("/name", "A deal needs a name.")
    with together.part():
        if new.status not in FIRST_STATUSES:
            raise ValidationFailed.at("/status", "A new deal is draft, open or won.")
    with together.part():
        check_days({"deal_on": new.deal_on, "expected_close_on": new.expected_close_on})
    with together.part():
        if new.status == DealStatus.WON and new.deal_on is not None:
            refuse_won_ahead(new.deal_on, at=at)
    together.refuse()


def check_stage(stage_id: UUID | None, *, is_chosen: bool) -> None:
    """Refuse a stage that does not exist, or is chosen now and was put away.

    Raises: ValidationFailed.
    """
    stage = Stage.objects.filter(pk=stage_id).first() if stage_id else None
    if stage_id and stage is None:
        raise ValidationFailed.at("/stage", "There is no such stage.")
    if stage is not None and stage.is_archived and is_chosen:
        raise ValidationFailed.at("/stage", "This stage was put away; choose another one.")


def check_project(project_id: UUID | None, *, by: "User", at: datetime) -> None:
    """Refuse a project that the person may not see, or that is archived.

    Raises: ValidationFailed.
    """
    if project_id is None:
        return
    try:
        project = get_project(reference=project_id, viewer=by, on=local_day_of(at))
    except (ObjectDoesNotExist, PermissionRefused):
        message = "There is no such project, or it is not yours to see."
        raise ValidationFailed.at("/project", message, code="not_found") from None
    if project.is_archived:
        raise ValidationFailed.at("/project", "This project is archived.", code="archived")


def check_payees(splits: Iterable[NewSplit], *, known: set[UUID]) -> None:
    """Refuse a share for somebody who does not exist. Raises: InvalidTerms."""
    asked = {split.payee_id for split in splits} - known
    if asked and asked - people_by_id(asked).keys():
        raise InvalidTerms.at("/splits", "There is no such person.")


def splits_of(new: NewDeal, owner_id: UUID) -> tuple[NewSplit, ...]:
    """Return who is credited: all of it the owner unless said. Raises: InvalidTerms."""
    splits = new.splits or (NewSplit(payee_id=owner_id, share_percent=Decimal(100)),)
    check_splits(splits)
    return splits


def terms_of(new: NewDeal, *, at: datetime, products: Mapping[UUID, Product]) -> Terms:
    """Return the terms, checked for the state that the deal begins in. Raises: InvalidTerms."""
    if new.status != DealStatus.DRAFT:
        check_has_lines(new.lines)
    return check_terms(
        NewTerms(
            currency=new.currency or _currency_of(new),
            lines=new.lines,
            instalments=new.instalments,
            text=new.terms,
            is_estimate=new.is_estimate,
            prices_include_tax=new.prices_include_tax,
        ),
        deal_on=new.deal_on or local_day_of(at),
        products=products,
    )


def _currency_of(new: NewDeal) -> str:
    return new.lines[0].unit_price.currency if new.lines else current_tenant().currency


def check_has_lines(lines: Sequence[object]) -> None:
    """Refuse terms without lines: only a draft may lack them. Raises: InvalidTerms."""
    if not lines:
        raise InvalidTerms.at("/lines", "A deal that is handed in has at least one line.")


def header_of(new: NewDeal, client: "Client", owner_id: UUID, at: datetime) -> Deal:
    """Return the deal's row, without code and version."""
    is_won = new.status == DealStatus.WON
    return Deal(
        name=new.name.strip(),
        client_id=client.pk,
        owner_id=owner_id,
        stage_id=new.stage_id,
        project_id=new.project_id,
        source=new.source,
        expected_close_on=new.expected_close_on,
        deal_on=new.deal_on or local_day_of(at),
        status=new.status,
        won_at=(new.won_at or at) if is_won else None,
        lost_reason=new.lost_reason,
        remarks=new.remarks,
        external_id=new.external_id or None,
        created_at=at,
        updated_at=at,
    )


def _insert(deal: Deal, terms: Terms, *, by: "User", at: datetime) -> Deal:
    """Write the deal, then its version: the deal's key to its version is checked at commit."""
    version = new_version(deal, terms, number=1, by=by)
    deal.code = next_code("DL")
    _refuse_taken(deal.external_id)  # once more: of two who come at once, one waited here
    deal.current_version = version
    deal.created_by_id = deal.updated_by_id = by.pk
    deal.save(force_insert=True)
    insert_version(version, terms)
    return deal


def _refuse_taken(external_id: str | None) -> None:
    if external_id and Deal.objects.filter(external_id=external_id).exists():
        raise ExternalIdTaken


def insert_splits(deal: Deal, splits: Iterable[NewSplit]) -> None:
    """Write the shares of a deal, valid at every time."""
    SalesCreditSplit.objects.bulk_create(split_rows(deal, splits))


def split_rows(deal: Deal, splits: Iterable[NewSplit]) -> list[SalesCreditSplit]:
    """Return the rows of the shares, not saved yet."""
    return [
        SalesCreditSplit(
            deal_id=deal.pk, payee_id=split.payee_id, share_percent=split.share_percent
        )
        for split in splits
    ]


def record_creation(deal: Deal, terms: Terms, status: str, *, by: "User", at: datetime) -> None:
    """Record the creation, and the end of a deal entered as closed: two changes, two events."""
    record_all(creation_of(deal, terms, status, at=at), actor=by.actor)


def creation_of(deal: Deal, terms: Terms, status: str, *, at: datetime) -> list[Noted]:
    """Return what happened to a deal that begins in this state, in order."""
    first = DealStatus.DRAFT if status == DealStatus.DRAFT else DealStatus.OPEN
    after = {"status": first, "code": deal.code, "name": deal.name, "total": terms.total}
    noted = [Noted(event=DealCreated(deal_id=deal.pk, status=first), at=at, after=after)]
    opened = {"status": DealStatus.OPEN}
    if status == DealStatus.WON:
        won = DealWon(deal_id=deal.pk, version_id=deal.current_version_id)
        won_at = deal.won_at or at
        noted.append(Noted(event=won, at=won_at, before=opened, after={"status": status}))
    if status == DealStatus.LOST:
        lost, why = DealLost(deal_id=deal.pk, reason=deal.lost_reason), deal.lost_reason
        after = {"status": status}
        noted.append(Noted(event=lost, at=at, before=opened, after=after, reason=why))
    return noted

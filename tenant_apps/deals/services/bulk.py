"""Enter many deals at once: the rules and events of one, in a few statements for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record_all
from shared_apps.kernel.errors import ValidationFailed
from tenant_apps.clients.selectors import hold_clients_steady, visible_clients
from tenant_apps.clients.services import ExternalIdTaken, check_owner
from tenant_apps.deals.models import Deal, DealStatus, DealVersion, Product, SalesCreditSplit
from tenant_apps.deals.services.creating import (
    CREATE,
    NewDeal,
    check_header,
    check_payees,
    check_project,
    check_stage,
    client_for,
    creation_of,
    header_of,
    split_rows,
    splits_of,
    terms_of,
    usable,
)
from tenant_apps.deals.services.discounting import check_imported_discount
from tenant_apps.deals.services.versions import insert_versions, new_version, products_of
from tenant_apps.deals.terms import NewSplit, Terms
from tenant_apps.documents.services import next_codes

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client


@dataclass(frozen=True, slots=True)
class _Entry:
    """A checked deal on its way to its rows."""

    deal: Deal
    version: DealVersion
    terms: Terms
    splits: tuple[NewSplit, ...]


@dataclass(frozen=True, slots=True)
class _Context:
    """What is the same for all deals of one call."""

    by: "User"
    at: datetime
    products: Mapping[UUID, Product]


@transaction.atomic
def create_deals(*, new: Sequence[NewDeal], by: "User", at: datetime) -> list[Deal]:
    """Enter deals as create_deal does, all of them or none; the same events, one by one.

    Lost deals are taken too: they come from elsewhere with their history. Clients and owners are
    looked up once each. Holds the DL counter.
    Raises: what create_deal raises, for the first deal that is refused.
    """
    clients = _clients_of(new, by=by)
    owners = {each.owner_id or by.pk for each in new}
    for owner_id in owners:
        check_owner(owner_id, by=by, permission=CREATE)
    for stage_id in {each.stage_id for each in new}:
        check_stage(stage_id, is_chosen=False)
    for project_id in {each.project_id for each in new}:
        check_project(project_id, by=by, at=at)
    products = products_of(line for each in new for line in each.lines)
    entries = [
        _checked(each, clients[each.client], _Context(by=by, at=at, products=products))
        for each in new
    ]
    splits = [split for entry in entries for split in entry.splits]
    check_payees(splits, known=owners)
    _insert(entries, by=by)
    noted = [
        each
        for entry in entries
        for each in creation_of(entry.deal, entry.terms, entry.deal.status, at=at)
    ]
    record_all(noted, actor=by.actor)
    return [entry.deal for entry in entries]


def _clients_of(new: Sequence[NewDeal], *, by: "User") -> dict[UUID | str, "Client"]:
    hold_clients_steady()
    references = {each.client for each in new}
    ids = [reference for reference in references if isinstance(reference, UUID)]
    known = visible_clients(by).in_bulk(ids)
    return {
        reference: usable(known[reference]) if reference in known else client_for(reference, by=by)
        for reference in references
    }


def _checked(new: NewDeal, client: "Client", known: _Context) -> _Entry:
    _check_header(new, at=known.at)
    owner_id = new.owner_id or known.by.pk
    terms = terms_of(new, at=known.at, products=known.products)
    if new.status == DealStatus.WON:
        check_imported_discount(terms, by=known.by)
    deal = header_of(new, client, owner_id, known.at)
    version = new_version(deal, terms, number=1, by=known.by)
    deal.current_version = version
    return _Entry(deal, version, terms, splits_of(new, owner_id))


def _check_header(new: NewDeal, *, at: datetime) -> None:
    is_lost = new.status == DealStatus.LOST
    check_header(replace(new, status=DealStatus.OPEN) if is_lost else new, at=at)
    if is_lost != bool(new.lost_reason.strip()):
        raise ValidationFailed.at("/lost_reason", "Say why a lost deal is lost, and only then.")


def _insert(entries: Sequence[_Entry], *, by: "User") -> None:
    codes = next_codes("DL", count=len(entries))
    _refuse_taken([entry.deal.external_id for entry in entries if entry.deal.external_id])
    for entry, code in zip(entries, codes, strict=True):
        entry.deal.code = code
        entry.deal.created_by_id = entry.deal.updated_by_id = by.pk
    Deal.objects.bulk_create(entry.deal for entry in entries)
    insert_versions([(entry.version, entry.terms) for entry in entries])
    SalesCreditSplit.objects.bulk_create(
        row for entry in entries for row in split_rows(entry.deal, entry.splits)
    )


def _refuse_taken(external_ids: Sequence[str]) -> None:
    """Runs after the counter is locked: a concurrent creation has committed or waits."""
    if len(set(external_ids)) < len(external_ids):
        raise ExternalIdTaken
    if Deal.objects.filter(external_id__in=external_ids).exists():
        raise ExternalIdTaken

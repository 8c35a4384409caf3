"""A merge leaves nothing with the duplicate: every column that names a client is looked at."""

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewContact, log_contact, merge_clients
from tenant_apps.deals.models import Deal
from tenant_apps.invoices.services import (
    RemindedToday,
    draft_invoice,
    issue_invoice,
    pause_client_reminders,
    remind_client,
    resume_client_reminders,
)
from tenant_apps.returns.models import Kind
from tests.factories.clients import ClientFactory
from tests.factories.deals import WonDealFactory
from tests.factories.payments import VerifiedPaymentFactory
from tests.returns.stories import ask

# What goes on naming the duplicate, and why.
KEPT = {
    "clients_client.merged_into_id": "the duplicate names its survivor",
    "ledger_posting.client_id": "entries are never changed: the balance is posted over",
    "invoices_reminder.client_id": "whom it was sent to; limits go by the invoice's client",
    "invoices_reminderpause.client_id": "what was held back before; one that holds goes over",
}


def names_of_clients() -> dict[str, Any]:
    """Return every column of an organization's tables that holds the id of a client."""
    labels = {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}
    return {
        f"{model._meta.db_table}.{field.column}": field
        for model in apps.get_models()
        if model._meta.app_label in labels and model.__module__.startswith("tenant_apps")
        for field in model._meta.concrete_fields
        if field.related_model is Client
        or (isinstance(field, models.UUIDField) and "client" in field.name)
    }


def rows_of(client: Client) -> set[str]:
    """Return the columns that name a client in some row."""
    return {
        name
        for name, field in names_of_clients().items()
        if field.model._default_manager.filter(**{field.attname: client.pk}).exists()
    }


@pytest.fixture
def northwind(sam: User, at_noon: datetime) -> Client:
    return ClientFactory(name="Northwind", email="office@northwind.example", by=sam, at=at_noon)


@pytest.fixture
def duplicate(sam: User, fay: User, at_noon: datetime) -> Client:
    """A client of whom there is everything that there can be."""
    made: Client = ClientFactory(name="Nordwind", email="n@nordwind.example", by=sam, at=at_noon)
    deal = WonDealFactory(by=sam, client=made, at=at_noon)
    ask(VerifiedPaymentFactory(deal=deal, by=sam, at=at_noon), Kind.REFUND, sam, at_noon)
    remind(deal, fay, at_noon)
    pause_client_reminders(client_id=made.pk, reason="Asked", by=fay, at=at_noon)
    log_contact(client_id=made.pk, new=NewContact(kind="call", outcome="Hi"), by=sam, at=at_noon)
    return made


def remind(deal: Deal, fay: User, at: datetime) -> None:
    draft = draft_invoice(deal_id=deal.pk, amount=None, by=fay, at=at)
    issued = issue_invoice(invoice_id=draft.pk, by=fay, at=at)
    remind_client(invoice_id=issued.pk, by=fay, at=at)


def merge(into: Client, duplicate: Client, by: User, at: datetime) -> None:
    merge_clients(client_id=into.pk, duplicate_id=duplicate.pk, reason="Same", by=by, at=at)


def test_names_the_survivor_everywhere(
    northwind: Client, duplicate: Client, adam: User, at_noon: datetime
) -> None:
    looked_at = set(names_of_clients())
    assert looked_at >= KEPT.keys()
    assert rows_of(duplicate) == looked_at - {"clients_client.merged_into_id"}

    merge(northwind, duplicate, adam, at_noon)
    assert rows_of(duplicate) <= KEPT.keys()
    assert rows_of(northwind) >= looked_at - KEPT.keys()


def test_counts_the_reminders_of_both(
    northwind: Client, duplicate: Client, sam: User, fay: User, adam: User, at_noon: datetime
) -> None:
    """Nobody is reminded twice a day for having been two."""
    merge(northwind, duplicate, adam, at_noon)
    deal = WonDealFactory(by=sam, client=northwind, at=at_noon)
    resume_client_reminders(client_id=northwind.pk, by=fay, at=at_noon)
    with pytest.raises(RemindedToday):
        remind(deal, fay, at_noon)

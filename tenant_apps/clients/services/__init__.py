"""Writes of clients, by verb."""

from tenant_apps.clients.services.anonymising import ClientHasBalance, anonymise_client
from tenant_apps.clients.services.changing import (
    ClientIsFrozen,
    archive_client,
    restore_client,
    update_client,
)
from tenant_apps.clients.services.contact_log import (
    NewContact,
    NoNextStep,
    finish_next_step,
    log_contact,
)
from tenant_apps.clients.services.entering import (
    ClientExists,
    ClientLooksAlike,
    ExternalIdTaken,
    NewClient,
    check_owner,
    create_client,
)
from tenant_apps.clients.services.handing_over import HandedOverClients, hand_over_clients
from tenant_apps.clients.services.merging import SameClient, merge_clients

__all__ = [
    "ClientExists",
    "ClientHasBalance",
    "ClientIsFrozen",
    "ClientLooksAlike",
    "ExternalIdTaken",
    "HandedOverClients",
    "NewClient",
    "NewContact",
    "NoNextStep",
    "SameClient",
    "anonymise_client",
    "archive_client",
    "check_owner",
    "create_client",
    "finish_next_step",
    "hand_over_clients",
    "log_contact",
    "merge_clients",
    "restore_client",
    "update_client",
]

"""What can be done with providers, and what people do at them."""

from tenant_apps.sso.services.connections import (
    CodeTaken,
    ConnectionChanges,
    ConnectionNotEnabled,
    ConnectionStillEnabled,
    Found,
    NewConnection,
    change_connection,
    create_connection,
    disable_connection,
    enable_connection,
    remove_connection,
    test_connection,
)
from tenant_apps.sso.services.sign_in import Answer, Departure, begin_sso, return_from_provider

__all__ = [
    "Answer",
    "CodeTaken",
    "ConnectionChanges",
    "ConnectionNotEnabled",
    "ConnectionStillEnabled",
    "Departure",
    "Found",
    "NewConnection",
    "begin_sso",
    "change_connection",
    "create_connection",
    "disable_connection",
    "enable_connection",
    "remove_connection",
    "return_from_provider",
    "test_connection",
]

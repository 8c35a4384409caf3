"""Service accounts and keys as the tests need them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared_apps.kernel.clock import utc_now
from tenant_apps.access.services import KeyTerms, issue_api_key
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import IssuedKey, create_service_account

READ_DEALS = {"deals.view": "all"}


def make_program(by: User, *, name: str = "Webshop") -> User:
    """Return a new service account."""
    return create_service_account(name=name, by=by.actor, at=utc_now())


def make_key(
    by: User,
    *,
    program: User | None = None,
    grants: Mapping[str, str] = READ_DEALS,
    at: datetime | None = None,
    **terms: Any,
) -> IssuedKey:
    """Return a new key, of a new service account where none is given."""
    account = program or make_program(by)
    asked = KeyTerms(service_account=account.pk, name="Production", grants=grants, **terms)
    return issue_api_key(terms=asked, by=by, at=at or utc_now())


def deal_body(client: str, *, payee: User) -> dict[str, Any]:
    """Return the body of a new deal with a client."""
    price = {"amount": "100.00", "currency": "USD"}
    return {
        "client": client,
        "name": "An order",
        "lines": [{"description": "Website", "quantity": "1", "unit_price": price}],
        "splits": [{"payee": str(payee.pk), "share_percent": "100"}],
    }

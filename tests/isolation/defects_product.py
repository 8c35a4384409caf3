"""Guards of the product taken out, one at a time: scopes, credentials, answers that tell."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.core.cache import caches

from shared_apps.audit.idempotency import RequestKey
from shared_apps.kernel.errors import PermissionRefused
from shared_apps.web import repeats as answers
from tenant_apps.access import scopes
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.scopes import Scope
from tenant_apps.accounts import browser_sessions, tokens
from tenant_apps.accounts.services import ws_tickets
from tenant_apps.clients import selectors as clients
from tenant_apps.clients.models import Client
from tenant_apps.commissions import selectors as commissions
from tenant_apps.deals import selectors as deals
from tenant_apps.documents import selectors as documents
from tenant_apps.invoices import selectors as invoices
from tenant_apps.payments import selectors as payments
from tenant_apps.projects import selectors as projects
from tenant_apps.teams.selectors import members_of_my_teams, team_ids_of
from tests.access.test_route_permissions import TENANT_ROUTES
from tests.isolation.asking import Asking
from tests.isolation.credentials import ask_with_foreign_credentials
from tests.isolation.matrix import ask_for_everything
from tests.isolation.repeats import ask_with_one_key

BUSINESS = "/api/business"
Plant = Callable[[], AbstractContextManager[Any]]
Notice = Callable[[Asking], None]


@dataclass(frozen=True)
class ProductDefect:
    """A guard of the product that can be taken out, and the questions that it guards."""

    plant: Plant
    notice: Notice


PRODUCT_DEFECTS: dict[str, ProductDefect] = {}


def defect(notice: Notice) -> Callable[[Plant], Plant]:
    """Register a planted defect with the questions that notice it."""

    def register(plant: Plant) -> Plant:
        PRODUCT_DEFECTS[plant.__name__] = ProductDefect(plant, notice)
        return plant

    return register


def asked(*names: str) -> Notice:
    """Ask some routes for what others have."""
    return lambda asking: ask_for_everything(
        asking, [route for route in TENANT_ROUTES if str(route) in names]
    )


def _without_scope(selector: Callable[..., Any]) -> AbstractContextManager[Any]:
    """Let the module of a selector take every grant for one over everybody's objects."""

    def everything(*_args: Any, **_options: Any) -> Scope:
        return Scope(ScopeKind.ALL, None)

    return patch.object(sys.modules[selector.__module__], "scope_of", everything)


@defect(asked(f"GET {BUSINESS}/clients/<str:reference>/"))
def clients_without_scope() -> AbstractContextManager[Any]:
    """Open every client to whoever may see any."""
    return _without_scope(clients.visible_clients)


@defect(asked(f"POST {BUSINESS}/deals/"))
def deals_for_any_client() -> AbstractContextManager[Any]:
    """Let a new deal name any client."""
    return _without_scope(clients.visible_clients)


@defect(asked(f"GET {BUSINESS}/deals/"))
def deals_listed_without_scope() -> AbstractContextManager[Any]:
    """List everybody's deals."""
    return _without_scope(deals.get_deal)


@defect(asked(f"POST {BUSINESS}/deals/<str:reference>/cancel/"))
def deals_moved_without_scope() -> AbstractContextManager[Any]:
    """Let whoever edits any deal move every deal."""
    return _without_scope(deals.get_deal)


@defect(asked(f"GET {BUSINESS}/payments/<str:reference>/"))
def payments_without_scope() -> AbstractContextManager[Any]:
    """Open every payment to whoever may see any."""
    return _without_scope(payments.visible_payments)


@defect(asked(f"GET {BUSINESS}/files/<str:pk>/content/"))
def files_without_scope() -> AbstractContextManager[Any]:
    """Open every file to whoever may see any."""
    return _without_scope(documents.get_file)


@defect(asked(f"GET {BUSINESS}/invoices/<str:reference>/"))
def invoices_without_scope() -> AbstractContextManager[Any]:
    """Open every invoice to whoever may see any."""
    return _without_scope(invoices.get_invoice)


@defect(asked(f"GET {BUSINESS}/commissions/lines/<str:pk>/explanation/"))
def commissions_without_scope() -> AbstractContextManager[Any]:
    """Open every commission line to whoever may see any."""
    return _without_scope(commissions.visible_lines)


@defect(asked(f"PATCH {BUSINESS}/projects/<str:reference>/"))
def members_plan_projects() -> AbstractContextManager[Any]:
    """Let a lead plan for the teams that they merely belong to."""
    return patch.object(
        projects, "teams_within", lambda _kind, viewer, *, on: team_ids_of(viewer.pk, on)
    )


@defect(asked(f"PATCH {BUSINESS}/deals/<str:reference>/"))
def joined_means_led() -> AbstractContextManager[Any]:
    """Take the teams that a lead belongs to for teams that they lead."""
    return patch.object(scopes, "members_of_led_teams", members_of_my_teams)


@defect(asked(f"GET {BUSINESS}/clients/<str:reference>/"))
def refused_instead_of_not_found() -> AbstractContextManager[Any]:
    """Answer 403 instead of 404 where the object exists."""
    honest = clients.get_client

    def tell(*, reference: Any, viewer: Any, **options: Any) -> Client:
        try:
            return honest(reference=reference, viewer=viewer, **options)
        except Client.DoesNotExist:
            if Client.objects.filter(clients.referred(reference)).exists():
                raise PermissionRefused from None
            raise

    return patch.object(clients, "get_client", tell)


@defect(asked(f"GET {BUSINESS}/clients/<str:reference>/"))
def refusals_leave_traces() -> AbstractContextManager[Any]:
    """Write before looking whose it is."""
    honest = clients.get_client

    def touch(*, reference: Any, **options: Any) -> Client:
        Client.objects.filter(clients.referred(reference)).update(remarks="asked for")
        return honest(reference=reference, **options)

    return patch.object(clients, "get_client", touch)


@defect(ask_with_foreign_credentials)
def tokens_for_everyone() -> AbstractContextManager[Any]:
    """Sign and read tokens for one audience of all."""
    return patch.object(tokens, "current_audience", lambda: "everyone")


@defect(ask_with_foreign_credentials)
def sessions_for_everyone() -> AbstractContextManager[Any]:
    """Take a browser session whatever organization it was opened in."""
    return patch.object(browser_sessions, "current_audience", _Anything)


class _Anything:
    """Equal to every audience."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


@defect(ask_with_foreign_credentials)
def tickets_for_everyone() -> AbstractContextManager[Any]:
    """Keep the tickets of sockets in the cache that all organizations share."""
    shared = {"tenant": caches["default"]}
    return patch.object(ws_tickets, "caches", shared)


@defect(ask_with_one_key)
def answers_repeated_to_anyone() -> AbstractContextManager[Any]:
    """Keep answers by their key alone, whoever sent it."""

    def of_nobody(**given: Any) -> RequestKey:
        return RequestKey(**{**given, "actor": "person:anyone"})

    return patch.object(answers, "RequestKey", of_nobody)

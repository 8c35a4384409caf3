"""What selects offer: clients, colleagues, products, stages, projects, currencies."""

import unicodedata
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.models import money_of
from shared_apps.tenancy.context import current_tenant
from shared_apps.web import reference
from shared_apps.web.reference import list_countries
from tenant_apps.access.scopes import has_permission, scope_of
from tenant_apps.access.selectors import list_holdings
from tenant_apps.accounts.selectors import list_people, people_by_id
from tenant_apps.clients.selectors import ClientFilters, list_clients
from tenant_apps.deals.selectors import (
    DealFilters,
    list_deals,
    list_products,
    list_stages,
    list_tax_rates,
)
from tenant_apps.handovers.selectors import HAND_OVER
from tenant_apps.portal.formatting import show_country, show_money, show_percent

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

Choices = list[tuple[str, str]]
MOST = 500


def client_choices(viewer: "User", *, on: date) -> Choices:
    """Return the clients that the person may see, by name."""
    clients = list_clients(viewer=viewer, filters=ClientFilters(ordering="name"), on=on)
    return [(client.code, f"{client.name} ({client.code})") for client in clients[:MOST]]


def deal_choices(viewer: "User", *, today: date) -> Choices:
    """Return the latest deals that the person may see and that are not over."""
    if not has_permission(viewer, "deals.view"):
        return []
    deals = list_deals(viewer=viewer, filters=DealFilters(), today=today)
    live = deals.filter(status__in=("open", "won"))[:MOST]
    return [(deal.code, f"{deal.code} · {deal.client.name} · {deal.name}") for deal in live]


def colleague_choices(viewer: "User", *, on: date) -> Choices:
    """Return the people whom the person may credit: everyone, or those of the own teams."""
    people = [viewer]
    if has_permission(viewer, "teams.view"):
        scope = scope_of(viewer, "teams.view", on=on)
        found = list_people() if scope.user_ids is None else people_by_id(scope.user_ids).values()
        people = [person for person in found if person.is_active]
    return sorted(((str(each.pk), each.full_name) for each in people), key=lambda pair: pair[1])


def leaver_choices(viewer: "User", *, on: date) -> Choices:
    """Return the people whose work the person may hand over, those who left already as well."""
    scope = scope_of(viewer, HAND_OVER, on=on)
    found = list_people() if scope.user_ids is None else people_by_id(scope.user_ids).values()
    return sorted(((str(each.pk), each.full_name) for each in found), key=lambda pair: pair[1])


def reviewer_choices(*, without: UUID) -> Choices:
    """Return the active people who may decide on payments, guests too; the maker left out."""
    holders = {each.user_id for each in list_holdings(["payments.decide"])} - {without}
    people = [person for person in people_by_id(holders).values() if person.is_active]
    return sorted(((str(each.pk), each.full_name) for each in people), key=lambda pair: pair[1])


def product_choices() -> Choices:
    """Return the catalog with its list prices."""
    return [
        (str(each.pk), f"{each.name} · {show_money(money_of(each.list_price, each.currency))}")
        for each in list_products()[:MOST]
    ]


def stage_choices() -> Choices:
    """Return the steps of the pipeline in order."""
    return [(str(stage.pk), stage.name) for stage in list_stages()]


def tax_choices(*, on: date) -> Choices:
    """Return the taxes of a day that a line may name, with their rates."""
    rates = list_tax_rates(on=on)
    return [(rate.code, f"{rate.name} · {show_percent(rate.rate_percent)}") for rate in rates]


def currency_choices() -> Choices:
    """Return the currencies, the organization's own first."""
    return reference.currency_choices(first=current_tenant().currency)


def country_choices() -> Choices:
    """Return the countries by name, in the reader's language."""
    named = [(country.code, show_country(country.code)) for country in list_countries()]
    return sorted(named, key=lambda pair: _plain(pair[1]))


def _plain(name: str) -> str:
    """Return a name as it is sorted: letters with marks stand beside those without."""
    return unicodedata.normalize("NFKD", name).casefold()

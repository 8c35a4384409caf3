"""An operator inside an organization: the visit, and the browser that came by its link."""

from datetime import datetime

from django.test import Client

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import Impersonation, User
from tenant_apps.accounts.services import VisitWish, begin_impersonation, visit_code
from tests.cast import person_named
from tests.client import PrsClient

REASON = "Ticket 4711: the invoice series"


def begin(
    tenant: Tenant, *, operator: User, name: str = "olga", at: datetime | None = None
) -> Impersonation:
    """Write a visit of half an hour down."""
    with use_tenant(tenant):
        person = person_named(name)
    wish = VisitWish(tenant=tenant, user_id=person.pk, minutes=30, reason=REASON)
    with use_platform():
        return begin_impersonation(wish=wish, by=operator, at=at or utc_now())


def go_in(tenant: Tenant, *, operator: User, name: str = "olga") -> Client:
    """Return a browser in which the operator acts as the person."""
    visit = begin(tenant, operator=operator, name=name)
    browser = Client(SERVER_NAME=tenant.host)
    answer = browser.get(f"/visit/?code={visit_code(visit=visit, tenant=tenant)}")
    assert (answer.status_code, answer["Location"]) == (303, "/"), answer.content
    return browser


def api_of(browser: Client) -> PrsClient:
    """Return the API as the browser's session calls it."""
    client = PrsClient(host=str(browser.defaults["SERVER_NAME"]))
    client.cookies = browser.cookies
    return client

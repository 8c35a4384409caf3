"""Where one is signed in, and ending that."""

from functools import partial

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import open_sign_in
from tests.client import PrsClient, error, ok, tokens_of
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

SESSIONS = "/api/auth/sessions/"


@pytest.fixture
def here(person: User, acme: Tenant) -> PrsClient:
    """The person, signed in here."""
    return PrsClient(host=acme.host, tokens=tokens_of(person, tenant=acme))


@pytest.fixture
def there(person: User, acme: Tenant) -> PrsClient:
    """The person, signed in elsewhere as well."""
    return PrsClient(host=acme.host, tokens=tokens_of(person, tenant=acme))


def ids_of(client: PrsClient) -> dict[bool, str]:
    return {row["is_current"]: row["id"] for row in ok(client.get(SESSIONS))["results"]}


def test_are_listed_with_the_current_one_marked(here: PrsClient, there: PrsClient) -> None:
    rows = ok(here.get(SESSIONS))["results"]
    assert [row["is_current"] for row in rows] == [False, True]
    assert rows[0]["user_agent"] == "tests"
    assert set(ids_of(here)) == {True, False}


def test_are_ended_one_by_one(here: PrsClient, there: PrsClient) -> None:
    ok(here.post(f"{SESSIONS}{ids_of(here)[False]}/revoke/"), 204)
    error(there.get(SESSIONS), 401)
    assert len(ok(here.get(SESSIONS))["results"]) == 1
    assert EventRecord.objects.filter(name="accounts.person_signed_out").count() == 1


def test_are_ended_all_but_this_one(here: PrsClient, there: PrsClient) -> None:
    assert ok(here.post(f"{SESSIONS}revoke-others/"), 200) == {"ended": 1}
    error(there.get(SESSIONS), 401)
    assert ok(here.post(f"{SESSIONS}revoke-others/"), 200) == {"ended": 0}
    assert EventRecord.objects.filter(name="accounts.sign_ins_ended").count() == 1


def test_of_others_are_not_found(here: PrsClient, as_sam: PrsClient, as_mallory: PrsClient) -> None:
    own = ids_of(here)[True]
    for client in (as_sam, as_mallory):
        error(client.post(f"{SESSIONS}{own}/revoke/"), 404)
    ok(here.get(SESSIONS))


def test_that_ended_are_not_found(here: PrsClient, there: PrsClient) -> None:
    other = ids_of(here)[False]
    ok(here.post(f"{SESSIONS}{other}/revoke/"), 204)
    error(here.post(f"{SESSIONS}{other}/revoke/"), 404)


def test_list_costs_the_same_statements_for_1_and_50(here: PrsClient, person: User) -> None:
    listed = partial(here.get, f"{SESSIONS}?page_size=100")
    one = queries_of(listed)
    for _ in range(49):
        open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=utc_now())
    assert queries_of(listed) == one
    assert SignIn.objects.filter(user=person).count() == 50

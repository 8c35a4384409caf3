"""Service accounts: made, listed, suspended and taken up again by administrators."""

from functools import partial

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.access.keys import make_key, make_program
from tests.client import PrsClient, error, ok
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

ACCOUNTS, DEALS = "/api/admin/service-accounts/", "/api/business/deals/"
WILD = {"reason": "Runs wild"}


def test_is_made_by_an_administrator_and_can_do_nothing_yet(
    as_adam: PrsClient, as_sam: PrsClient
) -> None:
    error(as_sam.post(ACCOUNTS, {"name": "Webshop"}), 403)
    made = ok(as_adam.post(ACCOUNTS, {"name": "Webshop"}), 201)
    assert (made["name"], made["status"]) == ("Webshop", "active")
    account = User.objects.get(pk=made["id"])
    assert not account.has_usable_password()
    event = EventRecord.objects.get(name="accounts.service_account_created")
    assert event.subject_id == account.pk


def test_stops_with_all_its_keys_and_comes_back(
    olga: User, as_olga: PrsClient, acme: Tenant
) -> None:
    account = make_program(olga)
    client, other = (
        PrsClient.with_key(make_key(olga, program=account).text, tenant=acme) for _ in range(2)
    )
    ok(client.get(DEALS)), ok(other.get(DEALS))
    shown = ok(as_olga.post(f"{ACCOUNTS}{account.pk}/suspend/", WILD), 200)
    assert shown["status"] == "suspended"
    error(client.get(DEALS), 401), error(other.get(DEALS), 401)
    assert error(as_olga.post(f"{ACCOUNTS}{account.pk}/suspend/", WILD), 409)["code"]
    shown = ok(as_olga.post(f"{ACCOUNTS}{account.pk}/reactivate/"), 200)
    assert shown["status"] == "active"
    ok(client.get(DEALS))


@pytest.mark.parametrize("body", [{}, {"reason": " "}])
def test_is_not_suspended_without_a_reason(
    olga: User, as_olga: PrsClient, body: dict[str, str]
) -> None:
    account = make_program(olga)
    refused = error(as_olga.post(f"{ACCOUNTS}{account.pk}/suspend/", body), 400)
    assert [each["field"] for each in refused["errors"]] == ["/reason"]


def test_suspended_gets_no_key(olga: User, as_olga: PrsClient) -> None:
    account = make_program(olga)
    ok(as_olga.post(f"{ACCOUNTS}{account.pk}/suspend/", WILD), 200)
    given = {
        "service_account": str(account.pk),
        "name": "Another",
        "grants": [{"permission": "deals.view", "scope": "all"}],
    }
    error(as_olga.post("/api/auth/api-keys/", given), 409)


def test_is_not_found_from_another_organization(olga: User, as_mallory: PrsClient) -> None:
    account = make_program(olga)
    error(as_mallory.get(f"{ACCOUNTS}{account.pk}/"), 404)
    error(as_mallory.post(f"{ACCOUNTS}{account.pk}/suspend/", WILD), 404)


def test_people_are_none(sam: User, as_olga: PrsClient) -> None:
    error(as_olga.get(f"{ACCOUNTS}{sam.pk}/"), 404)
    error(as_olga.post(f"{ACCOUNTS}{sam.pk}/suspend/", WILD), 404)


def test_list_costs_the_same_statements_for_1_and_50(olga: User, as_olga: PrsClient) -> None:
    for number in range(50):
        make_program(olga, name=f"Program {number}")
    one, many = (
        queries_of(partial(as_olga.get, f"{ACCOUNTS}?page_size={size}")) for size in (1, 50)
    )
    assert one == many

"""Sign-in limits while the cache is gone: a real server is stopped under them."""

from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform
from tenant_apps.accounts.models import AttemptRow, User
from tenant_apps.accounts.services.attempt_rows import count_in_database
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok
from tests.together import run_together

LOGIN = "/api/auth/login/"


def try_in(client: PrsClient, person: User, password: str) -> Any:
    return client.post(LOGIN, {"email": person.email, "password": password})


@pytest.mark.django_db
class TestWhenTheServerStops:
    def test_the_database_goes_on_counting(
        self, cache_server: ExitStack, person: User, anyone: PrsClient
    ) -> None:
        error(try_in(anyone, person, "wrong"), 401)
        with use_platform():
            assert not AttemptRow.objects.exists()
        cache_server.close()
        for _ in range(10):
            error(try_in(anyone, person, "wrong"), 401)
        stopped = try_in(anyone, person, PASSWORD)
        assert error(stopped, 429)["code"] == "throttled"
        assert 0 < int(stopped["Retry-After"]) <= 900

    def test_people_sign_in_and_their_failures_are_forgotten(
        self, cache_server: ExitStack, person: User, anyone: PrsClient
    ) -> None:
        cache_server.close()
        for _ in range(9):
            error(try_in(anyone, person, "wrong"), 401)
        assert ok(try_in(anyone, person, PASSWORD))["status"] == "signed_in"
        for _ in range(9):
            error(try_in(anyone, person, "wrong"), 401)
        ok(try_in(anyone, person, PASSWORD))

    def test_all_organizations_share_the_count(
        self, cache_server: ExitStack, person: User, anyone: PrsClient, at_globex: PrsClient
    ) -> None:
        cache_server.close()
        for _ in range(5):
            error(try_in(anyone, person, "wrong"), 401)
            error(try_in(at_globex, person, "wrong"), 401)
        error(try_in(anyone, person, PASSWORD), 429)
        error(try_in(at_globex, person, PASSWORD), 429)

    def test_the_rows_name_nobody(
        self, cache_server: ExitStack, person: User, anyone: PrsClient
    ) -> None:
        cache_server.close()
        error(try_in(anyone, person, "wrong"), 401)
        with use_platform():
            keys = list(AttemptRow.objects.values_list("key", flat=True))
        assert len(keys) == 3
        assert not [key for key in keys if person.email in key or "127.0.0.1" in key]


@pytest.mark.django_db
def test_a_window_ends_after_15_minutes(acme: Tenant) -> None:
    at = utc_now()
    assert [count_in_database("a", at)[0] for _ in range(3)] == [1, 2, 3]
    number, ends_at = count_in_database("a", at + timedelta(minutes=14))
    assert (number, ends_at) == (4, at + timedelta(minutes=15))
    number, ends_at = count_in_database("a", at + timedelta(minutes=15))
    assert (number, ends_at) == (1, at + timedelta(minutes=30))


def test_many_at_once_get_a_number_each(fresh_tenant: Tenant) -> None:
    at, key = utc_now(), f"test-{fresh_tenant.slug}"
    outcomes = run_together(fresh_tenant, [partial(count_in_database, key, at)] * 12)
    assert sorted(number for number, _ in outcomes) == list(range(1, 13))
    with use_platform():
        AttemptRow.objects.filter(key=key).delete()

"""Who may open a WebSocket."""

from typing import Any

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import suspend_person
from tenant_apps.accounts.sockets import identify, identify_now
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, ok

pytestmark = pytest.mark.django_db

HOST = "acme.localhost:8000"


def scope(*, query: str = "", **headers: str) -> dict[str, Any]:
    named = {"host": HOST, **headers}
    return {
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
    }


@pytest.fixture
def ticket(pair: dict[str, str], anyone: PrsClient) -> str:
    headers = {"Authorization": f"Bearer {pair['access']}"}
    answer = ok(anyone.post("/api/auth/ws-ticket/", headers=headers), 200)
    assert answer["expires_in"] == 30
    return str(answer["ticket"])


@pytest.fixture
def cookie(person: User, anyone: PrsClient) -> str:
    given = {"email": person.email, "password": PASSWORD, "session": True}
    ok(anyone.post("/api/auth/login/", given))
    return f"a=b; prs_session={anyone.cookies['prs_session'].value}"


class TestTicket:
    def test_opens_one_socket(self, ticket: str, person: User) -> None:
        asked = scope(query=f"ticket={ticket}")
        assert identify_now(asked, at=utc_now()) == person
        assert identify_now(asked, at=utc_now()) is None

    def test_opens_none_from_a_foreign_page(self, ticket: str) -> None:
        asked = scope(query=f"ticket={ticket}", origin="https://evil.example")
        assert identify_now(asked, at=utc_now()) is None

    def test_opens_none_after_the_suspension(self, ticket: str, person: User) -> None:
        suspend_person(user_id=person.pk, by=STAGEHAND, at=utc_now())
        assert identify_now(scope(query=f"ticket={ticket}"), at=utc_now()) is None

    def test_opens_none_elsewhere(self, ticket: str, globex: Tenant) -> None:
        with use_tenant(globex):
            assert identify_now(scope(query=f"ticket={ticket}"), at=utc_now()) is None

    @pytest.mark.parametrize("text", ["", "x", "%00", "é"])
    def test_must_be_one_of_ours(self, text: str, acme: Tenant) -> None:
        assert identify_now(scope(query=f"ticket={text}"), at=utc_now()) is None

    def test_is_for_the_signed_in(self, anyone: PrsClient) -> None:
        assert anyone.post("/api/auth/ws-ticket/").status_code == 401


class TestSession:
    def test_opens_a_socket_from_our_own_page(self, cookie: str, person: User) -> None:
        asked = scope(cookie=cookie, origin=f"http://{HOST}")
        assert identify_now(asked, at=utc_now()) == person

    @pytest.mark.parametrize(
        "origin",
        [
            "https://evil.example",
            "http://globex.localhost:8000",
            "http://acme.localhost",
            "http://acme.localhost:8000.evil.example",
            "null",
        ],
    )
    def test_opens_none_from_a_foreign_page(self, origin: str, cookie: str) -> None:
        assert identify_now(scope(cookie=cookie, origin=origin), at=utc_now()) is None

    def test_opens_none_without_an_origin(self, cookie: str) -> None:
        assert identify_now(scope(cookie=cookie), at=utc_now()) is None

    def test_opens_none_elsewhere(self, cookie: str, globex: Tenant) -> None:
        with use_tenant(globex):
            asked = scope(cookie=cookie, origin=f"http://{HOST}")
            assert identify_now(asked, at=utc_now()) is None


def test_nothing_opens_none(acme: Tenant) -> None:
    assert identify_now(scope(origin=f"http://{HOST}"), at=utc_now()) is None


@pytest.mark.django_db
async def test_asynchronous_code_asks_the_same_question(acme: Tenant) -> None:
    assert await identify(scope()) is None

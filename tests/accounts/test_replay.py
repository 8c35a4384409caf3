"""Credentials of acme, tried at globex and at the platform: every kind is refused there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    SignInAttempt,
    redeem_ticket,
    require_password_change,
    sign_in,
)
from tenant_apps.accounts.services.invitations import make_invitation_token
from tests.accounts.factors import enrol
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory

pytestmark = pytest.mark.django_db

Elsewhere = tuple[PrsClient, str]


@pytest.fixture(params=["globex", "platform"])
def elsewhere(
    request: pytest.FixtureRequest, at_globex: PrsClient, at_platform: PrsClient
) -> Elsewhere:
    """A host that is not acme's, and where its auth paths begin."""
    if request.param == "globex":
        return at_globex, "/api/auth/"
    return at_platform, "/api/platform/auth/"


def test_an_access_token_is_of_the_wrong_tenant(pair: dict[str, str], elsewhere: Elsewhere) -> None:
    client, auth = elsewhere
    headers = {"Authorization": f"Bearer {pair['access']}"}
    answer = client.get(f"{auth}me/", headers=headers)
    assert error(answer, 401)["code"] == "wrong_tenant"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    verified = client.post(f"{auth}token/verify/", {"token": pair["access"]})
    assert error(verified, 401)["code"] == "wrong_tenant"


def test_an_access_token_is_refused_before_anyone_is_looked_up(
    pair: dict[str, str], at_globex: PrsClient
) -> None:
    headers = {"Authorization": f"Bearer {pair['access']}"}
    with CaptureQueriesContext(connection) as queries:
        error(at_globex.get("/api/auth/me/", headers=headers), 401)
    assert not [each["sql"] for each in queries if '"accounts_' in each["sql"]]


def test_a_refresh_token_is_of_the_wrong_tenant(
    pair: dict[str, str], elsewhere: Elsewhere, anyone: PrsClient
) -> None:
    client, auth = elsewhere
    answer = client.post(f"{auth}token/refresh/", {"refresh": pair["refresh"]})
    assert error(answer, 401)["code"] == "wrong_tenant"
    ok(anyone.post("/api/auth/token/refresh/", {"refresh": pair["refresh"]}))


def test_a_password_challenge_is_of_the_wrong_tenant(person: User, elsewhere: Elsewhere) -> None:
    require_password_change(user_id=person.pk, by=STAGEHAND, at=utc_now())
    attempt = SignInAttempt(email=person.email, password=PASSWORD)
    challenge = sign_in(attempt=attempt, at=utc_now()).challenge
    client, auth = elsewhere
    given = {"challenge": challenge, "new_password": "an even better one 9"}
    answer = client.post(f"{auth}password/change/", given)
    assert error(answer, 401)["code"] == "wrong_tenant"


def test_an_invitation_is_of_the_wrong_tenant(acme: Tenant, at_globex: PrsClient) -> None:
    token = make_invitation_token(InvitedPersonFactory())
    given = {"token": token, "password": PASSWORD}
    answer = at_globex.post("/api/auth/invitations/accept/", given)
    assert error(answer, 401)["code"] == "wrong_tenant"


def test_a_session_cookie_opens_nothing(
    person: User, anyone: PrsClient, elsewhere: Elsewhere
) -> None:
    given = {"email": person.email, "password": PASSWORD, "session": True}
    ok(anyone.post("/api/auth/login/", given))
    client, auth = elsewhere
    client.cookies = anyone.cookies
    assert error(client.get(f"{auth}me/"), 401)["code"] == "not_authenticated"


def test_a_session_copied_into_the_other_table_is_of_the_wrong_tenant(
    person: User, anyone: PrsClient, at_globex: PrsClient, globex: Tenant
) -> None:
    from django.contrib.sessions.models import Session  # noqa: PLC0415

    given = {"email": person.email, "password": PASSWORD, "session": True}
    ok(anyone.post("/api/auth/login/", given))
    session = Session.objects.get(session_key=anyone.cookies["prs_session"].value)
    with use_tenant(globex):
        session.save(force_insert=True)
    at_globex.cookies = anyone.cookies
    assert error(at_globex.get("/api/auth/me/"), 401)["code"] == "wrong_tenant"


def test_a_ws_ticket_opens_nothing(
    pair: dict[str, str], anyone: PrsClient, globex: Tenant, acme: Tenant
) -> None:
    headers = {"Authorization": f"Bearer {pair['access']}"}
    ticket = ok(anyone.post("/api/auth/ws-ticket/", headers=headers))["ticket"]
    with use_tenant(globex):
        assert redeem_ticket(ticket, at=utc_now()) is None
    with use_platform():
        assert redeem_ticket(ticket, at=utc_now()) is None
    with use_tenant(acme):
        assert redeem_ticket(ticket, at=utc_now()) is not None


def test_an_operators_token_opens_no_organization(
    cast: None, at_platform: PrsClient, anyone: PrsClient
) -> None:
    given = {"email": "pat@platform.example", "password": PASSWORD}
    challenge = ok(at_platform.post("/api/platform/auth/login/", given))["challenge"]
    enrolled = enrol(at_platform, challenge, auth="/api/platform/auth/")
    token = enrolled["sign_in"]["access"]
    answer = anyone.get("/api/auth/me/", headers={"Authorization": f"Bearer {token}"})
    assert error(answer, 401)["code"] == "wrong_tenant"


@pytest.mark.parametrize("path", ["/api/admin/users/", "/api/business/teams/"])
def test_a_foreign_token_is_refused_by_every_kind_of_view(
    path: str, as_mallory: PrsClient, acme: Tenant
) -> None:
    assert as_mallory.tokens is not None
    at_acme = PrsClient(host=acme.host, tokens=as_mallory.tokens)
    assert error(at_acme.get(path), 401)["code"] == "wrong_tenant"

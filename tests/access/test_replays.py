"""What one organization hands out is worth nothing at another one, and nothing on the platform.

The person has a twin there with the same id, address, password, sign-ins and sessions, as a clone
or a restored copy would have them: only the guards are left between the two.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from copy import copy
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.db.models import Model

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    NewPerson,
    create_operator,
    invite_operator,
    issue_tokens,
    open_sign_in,
)
from tests.access.credential_kinds import (
    KINDS,
    NOT_OF_OPERATORS,
    SESSIONS,
    Door,
    Holder,
    Kind,
)
from tests.access.reporting import report
from tests.accounts.passkey_device import Passkey
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.sso.rows import keep_connection

PLATFORM_HOST = "localhost"
OF_OPERATORS = [kind for kind in KINDS if kind.name not in NOT_OF_OPERATORS]


@pytest.fixture
def holder(cast: None, acme: Tenant, olga: User) -> Holder:
    """Somebody of acme, and somebody who is invited there."""
    return Holder(acme.host, PersonFactory(), InvitedPersonFactory(), olga)


@pytest.fixture
def operator(cast: None) -> Holder:
    """An operator of the platform, and one who is invited there."""
    names = [uuid4().hex for _ in range(2)]
    at_work, new = (
        NewPerson(email=f"{name}@platform.example", first_name="Olly", last_name="Operator")
        for name in names
    )
    with use_platform():
        person = create_operator(new=at_work, password=PASSWORD, by=STAGEHAND, at=utc_now())
        invited = invite_operator(new=new, by=STAGEHAND, at=utc_now(), reason="Joins")
    return Holder(PLATFORM_HOST, person, invited, person, "/api/platform/auth/")


def door_of(tenant: Tenant | None, holder: Holder) -> Door:
    """Return where the twin of somebody signs in."""
    if tenant is None:
        return Door(PLATFORM_HOST, "/api/platform/auth/", None, holder.person.email, "")
    return Door(tenant.host, "/api/auth/", tenant, holder.person.email, "")


@pytest.fixture
def elsewhere(holder: Holder, globex: Tenant) -> list[Door]:
    """Globex and the platform, with twins of the holder."""
    return with_twins([door_of(globex, holder), door_of(None, holder)], holder)


def with_twins(doors: list[Door], holder: Holder) -> list[Door]:
    """Put twins of the holder behind the doors; return the doors with their tokens."""
    for door in doors:
        with inside(door):
            for person in (holder.person, holder.invited):
                twin = copy(person)
                twin.is_operator = door.tenant is None
                twin.save(force_insert=True)
    return [with_token(door, holder) for door in doors]


def with_token(door: Door, holder: Holder) -> Door:
    """Return the door with a token that the twin got there."""
    with inside(door):
        twin = User.objects.get(pk=holder.person.pk)
        opened = open_sign_in(person=twin, kind=SignInKind.TOKEN, user_agent="", at=utc_now())
        access = issue_tokens(sign_in=opened, at=utc_now()).access
    return Door(door.host, door.auth, door.tenant, door.email, access)


def inside(door: Door) -> AbstractContextManager[Any]:
    """Work where the door is."""
    return use_tenant(door.tenant) if door.tenant else use_platform()


def copy_rows(rows: Iterable[Model], doors: Iterable[Door]) -> None:
    """Put the same rows behind every door."""
    found = list(rows)
    for door in doors:
        with inside(door):
            for row in found:
                copy(row).save(force_insert=True)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_is_taken_at_home_alone(
    kind: Kind, holder: Holder, elsewhere: list[Door], acme: Tenant
) -> None:
    text = make_and_copy(kind, holder, elsewhere)
    refused_everywhere(kind, text, elsewhere)
    home = with_token(door_of(acme, holder), holder)
    assert kind.bring(home, text), f"a {kind.name} is not taken at home: the case shows nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", OF_OPERATORS, ids=[kind.name for kind in OF_OPERATORS])
def test_of_an_operator_is_taken_on_the_platform_alone(
    kind: Kind, operator: Holder, acme: Tenant, globex: Tenant
) -> None:
    doors = with_twins([door_of(acme, operator), door_of(globex, operator)], operator)
    with use_platform():
        text = make_and_copy(kind, operator, doors)
    refused_everywhere(kind, text, doors)
    home = with_token(door_of(None, operator), operator)
    with use_platform():
        assert kind.bring(home, text), f"a {kind.name} is not taken at home: it shows nothing"


def make_and_copy(kind: Kind, holder: Holder, doors: list[Door]) -> str:
    """Make a credential; put the sign-ins and sessions that stand beside it behind the doors."""
    text = kind.make(holder)
    copy_rows(SignIn.objects.filter(user=holder.person), doors)
    copy_rows(SESSIONS.SessionStore.get_model_class().objects.all(), doors)
    return text


def refused_everywhere(kind: Kind, text: str, doors: list[Door]) -> None:
    """Assert that no door takes a credential that was made elsewhere."""
    for door in doors:
        with inside(door):
            assert not kind.bring(door, text), f"{door.host} takes a foreign {kind.name}"
    report(replays=len(doors))


@pytest.mark.django_db
class TestWhatPeopleKnowAndHave:
    """Secrets of a person, brought as somebody who has none of them there."""

    def test_a_password_opens_no_account_elsewhere(
        self, holder: Holder, globex: Tenant, anyone: PrsClient
    ) -> None:
        given = {"email": holder.person.email, "password": PASSWORD}
        error(PrsClient(host=globex.host).post("/api/auth/login/", given), 401)
        error(PrsClient(host=PLATFORM_HOST).post("/api/platform/auth/login/", given), 401)
        assert ok(anyone.post("/api/auth/login/", given))["status"] == "signed_in"
        report(replays=2)

    def test_what_travels_through_a_provider_leads_home_alone(
        self, holder: Holder, elsewhere: list[Door], acme: Tenant, globex: Tenant
    ) -> None:
        connection = keep_connection(holder.owner)
        copy_rows([connection], elsewhere[:1])
        left = PrsClient(host=acme.host).get(f"/sign-in/provider/{connection.code}/")
        (state,) = parse_qs(urlsplit(left["Location"]).query)["state"]
        sent_back = {"state": state, "error": "access_denied"}
        assert PrsClient(host=globex.host).get("/sso/callback/", sent_back).status_code == 404
        back = PrsClient(host=PLATFORM_HOST).get("/sso/callback/", sent_back)
        assert urlsplit(back["Location"]).hostname == acme.host
        report(replays=1)

    def test_a_passkey_opens_no_account_elsewhere(
        self, holder: Holder, elsewhere: list[Door], acme: Tenant, anyone: PrsClient
    ) -> None:
        device = Passkey(origin=f"http://{acme.host}:8000")
        mine = PrsClient.signed_in(holder.person, tenant=acme)
        asked = ok(mine.post("/api/auth/passkeys/begin/"), 200)
        made = {
            "name": "My laptop",
            "ceremony": asked["ceremony"],
            "credential": device.make(asked["options"]),
        }
        ok(mine.post("/api/auth/passkeys/", made), 200)
        for door in elsewhere:
            answer = _use(device, door.client(), door.auth)
            assert error(answer, 401)["code"] == "wrong_passkey"
        ok(_use(device, anyone, "/api/auth/"), 200)
        report(replays=len(elsewhere))


def _use(device: Passkey, client: PrsClient, auth: str) -> Any:
    asked = ok(client.post(f"{auth}login/passkey/begin/"), 200)
    given = {"ceremony": asked["ceremony"], "credential": device.use(asked["options"])}
    return client.post(f"{auth}login/passkey/", given)

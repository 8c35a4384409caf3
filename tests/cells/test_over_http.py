"""The role matrix over real requests: every role, every endpoint, the object of every place."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.access.role_matrix import OPERATOR, ORGANIZATION_ROLES
from tenant_apps.access.services import set_roles
from tenant_apps.accounts.models import Proof, SignInKind, User
from tenant_apps.accounts.services import issue_tokens, open_sign_in
from tenant_apps.accounts.services.sign_ins import SignInTerms
from tests.access.reporting import report
from tests.access.test_route_permissions import (
    GUARDED,
    PLATFORM_ROUTES,
    PUBLIC,
    Route,
    example_of,
)
from tests.cells.cell_stops import STOPS
from tests.cells.cells import Cells, permission_of
from tests.cells.four_places import FourPlaces, four_places
from tests.client import PrsClient, tokens_of


@pytest.fixture(scope="module")
def world(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[FourPlaces]:
    """The organization with its objects, made once."""
    with django_db_blocker.unblock(), four_places() as made:
        yield made


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Each refusal would be a line of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db
@pytest.mark.timeout(1200)
def test_every_role_gets_at_every_endpoint_what_the_matrix_says(world: FourPlaces) -> None:
    with use_tenant(world.tenant):
        cells = Cells(world, PrsClient.signed_in(world.anna, tenant=world.tenant))
        for role in ORGANIZATION_ROLES:
            set_roles(user_id=world.anna.pk, roles=[role.code], by=world.owner, at=utc_now())
            # all of it takes longer than a token, and a proof of who one is, are good for
            cells.client = PrsClient.signed_in(world.anna, tenant=world.tenant)
            cells.ask_as(role, GUARDED)
    assert len(set(cells.asked)) == len(cells.asked)
    report(cells=len(cells.asked))
    wrong = "\n".join(sorted(cells.wrong))
    assert not cells.wrong, f"{len(cells.wrong)} of {len(cells.asked)} cells differ:\n{wrong}"
    listed = {(route, code) for route, codes in STOPS.items() for code in codes}
    gone = listed - cells.stopped
    assert not gone, f"these stop nothing any more, take them out of cell_stops.py: {gone}"


@pytest.mark.django_db
class TestOperators:
    """The tenth role lives on the platform: it holds nothing in an organization, nor they there."""

    @pytest.fixture
    def operators_token(self, cast: None) -> str:
        with use_platform():
            pat = User.objects.get(email="pat@platform.example")
            terms = SignInTerms(proofs=(Proof.PASSWORD, Proof.TOTP))
            opened = open_sign_in(
                person=pat, kind=SignInKind.TOKEN, user_agent="", at=utc_now(), terms=terms
            )
            return issue_tokens(sign_in=opened, at=utc_now()).access

    def test_hold_nothing_in_an_organization(self, operators_token: str, acme: Tenant) -> None:
        client = PrsClient(host=acme.host)
        for route in GUARDED:
            assert verdict_of(client, route, operators_token) == (401, "wrong_tenant"), route
        report(cells=len(GUARDED))

    def test_hold_the_platforms_permissions(self, operators_token: str) -> None:
        client = PrsClient(host="localhost")
        guarded = [route for route in PLATFORM_ROUTES if route.view.__name__ not in PUBLIC]
        for route in guarded:
            permission = permission_of(route)
            assert permission is None or permission in OPERATOR.grants, route
            with transaction.atomic():
                status, code = verdict_of(client, route, operators_token)
                transaction.set_rollback(True)
            assert status != 401, route
            assert code != "permission_denied", route
        report(cells=len(guarded))

    def test_owners_hold_nothing_on_the_platform(self, olga: User, acme: Tenant) -> None:
        client, token = PrsClient(host="localhost"), tokens_of(olga, tenant=acme).access
        guarded = [route for route in PLATFORM_ROUTES if route.view.__name__ not in PUBLIC]
        for route in guarded:
            assert verdict_of(client, route, token) == (401, "wrong_tenant"), route
        report(cells=len(guarded))


def verdict_of(client: PrsClient, route: Route, token: str) -> tuple[int, str]:
    """Return the status of an answer, and the code of a refusal."""
    answer = client.generic(
        route.method, example_of(route.path), headers={"Authorization": f"Bearer {token}"}
    )
    code = answer.json()["error"]["code"] if answer.status_code >= 400 else ""
    return answer.status_code, code

"""No route tells an object of another organization or team from one that does not exist."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from shared_apps.tenancy.context import Tenant, use_tenant
from tests.access.test_route_permissions import TENANT_ROUTES
from tests.isolation import pages, routes
from tests.isolation.asking import Asking
from tests.isolation.bodies import TEMPLATES
from tests.isolation.credentials import ask_with_foreign_credentials
from tests.isolation.defects_product import PRODUCT_DEFECTS
from tests.isolation.matrix import ask_for_everything
from tests.isolation.objects import Objects, two_organizations
from tests.isolation.repeats import ask_with_one_key
from tests.isolation.reporting import report

FEWEST_QUESTIONS, FEWEST_PAGES, FEWEST_DEFECTS = 1500, 150, 12
HOW = "add it to tests/isolation/routes.py"


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Each refusal would be a line of the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def objects(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[Objects]:
    """Two organizations full of objects, made once."""
    with django_db_blocker.unblock(), two_organizations() as made:
        yield made


def test_every_route_with_a_parameter_has_a_case() -> None:
    named = {
        place for route in routes.with_parameters() for place in routes.parameters_of(route.path)
    }
    known = routes.PARAMETERS.keys() | routes.NOBODYS.keys()
    assert named - known == set(), f"say what these name: {HOW} (PARAMETERS)"
    assert known - named == set(), "these are no routes any more"


def test_every_id_in_a_body_or_a_query_has_a_case() -> None:
    for route in TENANT_ROUTES:
        places = routes.body_fields(route)
        named = [*places, *routes.query_fields(route)]
        unknown = [place for place in named if routes.kind_at(route, place) is None]
        assert unknown == [], f"{route}: say what these ids name: {HOW} (FIELDS)"
        has_body = not places or str(route) in TEMPLATES
        assert has_body, f"{route} takes ids: add a body that works to tests/isolation/bodies.py"


@pytest.mark.django_db
@pytest.mark.timeout(400)
def test_an_object_of_others_is_answered_like_one_of_nobody(objects: Objects) -> None:
    asking = Asking(objects)
    with use_tenant(objects.home):
        for ask in (ask_for_everything, ask_with_foreign_credentials, ask_with_one_key):
            ask(asking)
    report(operations=asking.asked, wrong=len(asking.wrong))
    assert not asking.wrong, "\n".join(asking.wrong)
    assert asking.asked > FEWEST_QUESTIONS


def test_every_page_with_a_parameter_has_a_case() -> None:
    named = {
        place for page in pages.pages_with_parameters() for place in routes.parameters_of(page.path)
    }
    known = pages.PARAMETERS.keys() | pages.NOBODYS.keys()
    assert named - known == set(), "say what these name: add it to tests/isolation/pages.py"
    assert known - named == set(), "these are no pages any more"


@pytest.mark.django_db
@pytest.mark.timeout(400)
def test_a_page_of_others_is_the_one_of_nobody(objects: Objects) -> None:
    asking = Asking(objects)
    with use_tenant(objects.home):
        pages.ask_for_every_page(asking)
    report(operations=asking.asked, wrong=len(asking.wrong))
    assert not asking.wrong, "\n".join(asking.wrong)
    assert asking.asked > FEWEST_PAGES


@pytest.mark.django_db
@pytest.mark.timeout(400)
def test_every_missing_guard_of_the_product_is_noticed(objects: Objects) -> None:
    caught = {}
    for name, defect in PRODUCT_DEFECTS.items():
        asking = Asking(objects)
        with use_tenant(objects.home), transaction.atomic(), defect.plant():
            defect.notice(asking)
            transaction.set_rollback(True)
        caught[name] = asking.wrong
    report(caught=caught)
    assert [name for name, wrong in caught.items() if not wrong] == []
    assert len(caught) >= FEWEST_DEFECTS

"""A host where nobody answers: one page for all of them, and the way to one's workspace."""

import pytest
from django.test import Client

from shared_apps.organizations.models import Organization, Status
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory

NOBODYS = ["nobody.localhost", "127.0.0.1", "nobody.example"]


@pytest.fixture(autouse=True)
def _forget(db: None) -> object:
    """Hosts are remembered for seconds; the test's changes are rolled back."""
    yield
    get_directory().forget()


def page_at(host: str, path: str = "/", **headers: str) -> str:
    answer = Client(SERVER_NAME=host).get(path, headers=headers)
    assert answer.status_code == 404
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert not answer.cookies
    return str(answer.content.decode())


@pytest.mark.parametrize("host", NOBODYS)
@pytest.mark.parametrize("path", ["/", "/sign-in/", "/console/", "/find/"])
def test_leads_to_where_workspaces_are_found(host: str, path: str) -> None:
    html = page_at(host, path)
    assert "There is no workspace here" in html
    assert 'href="http://localhost:8000/find/"' in html
    assert host not in html


def test_speaks_german() -> None:
    assert "Hier ist keine Organisation" in page_at(NOBODYS[0], **{"Accept-Language": "de"})


@pytest.mark.parametrize("status", [Status.CLOSING, Status.PROVISIONING, Status.FAILED])
def test_says_the_same_of_an_organization_that_does_not_answer(
    acme: Tenant, status: Status
) -> None:
    with use_platform():
        Organization.objects.filter(pk=acme.id).update(status=status)
    get_directory().forget()
    assert page_at(acme.host) == page_at(NOBODYS[0])


def test_takes_no_form() -> None:
    answer = Client(SERVER_NAME=NOBODYS[0]).post("/sign-in/", {"email": "a@b.example"})
    assert answer.status_code == 404


def test_programs_get_the_envelope() -> None:
    answer = Client(SERVER_NAME=NOBODYS[0]).get("/api/auth/me/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")

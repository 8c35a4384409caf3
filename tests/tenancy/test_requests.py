"""The host decides: unknown ones are 404, suspended organizations do not change."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.services import resume_organization, suspend_organization
from shared_apps.tenancy.context import Tenant, current_tenant, is_platform, use_nothing
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.middleware import TenantMiddleware, hostname
from tests.cast import STAGEHAND
from tests.client import PrsClient


def whose(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("platform" if is_platform() else current_tenant().slug)


def answered(request: HttpRequest) -> bytes:
    answer: Any = TenantMiddleware(whose)(request)
    content: bytes = answer.content
    return content


async def _awaited(answer: Any) -> Any:
    return await answer


class TestTheHost:
    @pytest.mark.parametrize(
        "host", ["acme.localhost", "ACME.localhost", "acme.localhost:8000", "acme.localhost."]
    )
    def test_selects_the_organization(self, acme: Tenant, host: str) -> None:
        request = RequestFactory().get("/", headers={"Host": host})
        with use_nothing():
            assert answered(request) == b"acme"

    def test_selects_the_platform_on_the_base_domain(self, acme: Tenant) -> None:
        request = RequestFactory().get("/", headers={"Host": "localhost:8000"})
        with use_nothing():
            assert answered(request) == b"platform"

    @pytest.mark.parametrize(
        "host",
        [
            "nobody.localhost",
            "acme.localhost.evil.example",
            "evil.example",
            "127.0.0.1",
            "[::1]:80",
        ],
    )
    def test_is_404_when_nobody_lives_there(self, acme: Tenant, host: str) -> None:
        answer = Client().get("/api/auth/me/", headers={"Host": host})
        assert answer.status_code == 404
        assert json.loads(answer.content)["error"]["code"] == "not_found"

    def test_is_not_taken_from_a_forwarded_header(self, acme: Tenant, globex: Tenant) -> None:
        request = RequestFactory().get(
            "/", headers={"Host": "acme.localhost", "X-Forwarded-Host": "globex.localhost"}
        )
        with use_nothing():
            assert answered(request) == b"acme"

    def test_has_no_platform_pages_on_an_organizations_host(self, acme: Tenant) -> None:
        for path in ("/healthz/ready", "/metrics", "/api/platform/auth/login/"):
            assert Client().get(path, headers={"Host": "acme.localhost"}).status_code == 404

    @pytest.mark.parametrize(
        ("authority", "name"),
        [("acme.localhost:8000", "acme.localhost"), ("A.B", "a.b"), ("[::1]:80", "[::1]")],
    )
    def test_is_read_without_port_in_lower_case(self, authority: str, name: str) -> None:
        assert hostname(authority) == name

    def test_selects_the_organization_in_async_code(self, acme: Tenant) -> None:
        async def whose_async(request: HttpRequest) -> HttpResponse:
            return whose(request)

        request = RequestFactory().get("/", headers={"Host": "acme.localhost"})
        get_directory().by_host("acme.localhost")
        with use_nothing():
            answer: Any = asyncio.run(_awaited(TenantMiddleware(whose_async)(request)))
        assert answer.content == b"acme"


@pytest.mark.usefixtures("sam")
class TestASuspendedOrganization:
    @pytest.fixture(autouse=True)
    def _suspended(self, acme: Tenant) -> Iterator[None]:
        suspend_organization(organization_id=acme.id, by=STAGEHAND, at=utc_now())
        get_directory().forget()
        yield
        get_directory().forget()

    def test_reads_but_does_not_write(self, as_sam: PrsClient) -> None:
        assert as_sam.get("/api/business/clients/").status_code == 200
        answer = as_sam.post("/api/business/clients/", {"name": "New"})
        assert answer.status_code == 423
        assert answer.json()["error"]["code"] == "organization_suspended"

    def test_lets_people_sign_in(self, acme: Tenant) -> None:
        answer = Client().post(
            "/api/auth/login/",
            {"email": "nobody@acme.example", "password": "wrong"},
            content_type="application/json",
            headers={"Host": "acme.localhost"},
        )
        assert answer.status_code != 423

    def test_writes_again_when_resumed(self, as_sam: PrsClient, acme: Tenant) -> None:
        resume_organization(organization_id=acme.id, by=STAGEHAND, at=utc_now())
        get_directory().forget()
        assert as_sam.post("/api/business/clients/", {"name": "New"}).status_code == 201


@pytest.mark.parametrize("kind", ["clients", "deals", "payments"])
def test_a_short_path_leads_to_the_same_view(as_sam: PrsClient, kind: str) -> None:
    short, full = (as_sam.get(f"/api/{prefix}{kind}/") for prefix in ("", "business/"))
    assert short.status_code == 200
    assert short.json()["data"]["results"] == full.json()["data"]["results"]
    assert as_sam.get("/api/invoices/").status_code == 404

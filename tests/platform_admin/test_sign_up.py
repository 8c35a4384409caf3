"""Signing up: a wish, a code that proves the address, a founding, and the owner signed in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization, SignUp, Status
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import go_on_with, sign_up
from shared_apps.organizations.services.sign_up import code_of
from shared_apps.tenancy.context import Tenant, use_platform
from tests.cast import PASSWORD
from tests.organizations import drop_organization

WISH = {
    "name": "Initech",
    "first_name": "Olga",
    "last_name": "Owner",
    "currency": "EUR",
    "timezone": "Europe/Berlin",
}


@pytest.fixture
def visitor(acme: Tenant, db: None) -> Iterator[Client]:
    """A browser at the platform's host, at the public site; the test works on the platform."""
    with use_platform():
        yield Client(SERVER_NAME="localhost")


def wish(**changes: str) -> dict[str, str]:
    """Return a form with an address that no other test counts."""
    name = f"i{uuid4().hex[:10]}"
    return {**WISH, "slug": name, "email": f"olga@{name}.example"} | changes


def mailed_code() -> str:
    """Deliver what is owed on the platform and return the code of the newest mail."""
    for owed in Delivery.objects.filter(reaction="organizations.send_sign_up_code"):
        deliver(delivery_id=owed.pk)
    found = re.search(r"\b(\d{6})\b", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


class TestPublicPages:
    @pytest.mark.parametrize("path", ["/", "/signup/", "/signup/check/?slug=x"])
    def test_are_for_everybody_under_the_strict_policy(self, visitor: Client, path: str) -> None:
        page = visitor.get(path)
        html = page.content.decode()
        assert page.status_code == 200
        assert "unsafe" not in page["Content-Security-Policy"]
        assert " style=" not in html
        assert "<script>" not in html

    @pytest.mark.parametrize("path", ["/signup/", "/signup/code/", "/signup/enter/", "/look/"])
    def test_are_not_there_at_an_organization(self, acme: Tenant, path: str) -> None:
        assert Client(SERVER_NAME=acme.host).get(path).status_code == 404

    def test_speak_german(self, visitor: Client) -> None:
        page = visitor.get("/", headers={"Accept-Language": "de"})
        assert "Organisation gründen" in page.content.decode()
        visitor.post("/look/", {"language": "de", "theme": "dark"})
        html = visitor.get("/signup/").content.decode()
        assert "Code senden" in html
        assert 'data-theme="dark"' in html

    def test_say_what_is_not_there(self, visitor: Client) -> None:
        page = visitor.get("/nothing/at/all/")
        assert page.status_code == 404
        assert "There is nothing here" in page.content.decode()


class TestSubdomain:
    @pytest.mark.parametrize(
        ("slug", "answer"),
        [
            *(("acme", "taken"), ("www", "reserved"), ("No!", "not a subdomain")),
            *(("free-1", "free"), ("xn--a", "must not begin with xn--")),
        ],
    )
    def test_is_checked_while_it_is_typed(self, visitor: Client, slug: str, answer: str) -> None:
        assert answer in visitor.get(f"/signup/check/?slug={slug}").content.decode()

    @pytest.mark.parametrize("slug", ["acme", "www", "no spaces", "xn--a"])
    def test_is_refused_at_its_field(self, visitor: Client, slug: str) -> None:
        page = visitor.post("/signup/", wish(slug=slug))
        assert page.status_code == 400
        assert page.context["form"].errors("/slug")
        assert not SignUp.objects.exists()


class TestWish:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            *(("name", " "), ("slug", ""), ("first_name", " "), ("email", "")),
            *(("email", "nobody"), ("currency", "XXQ"), ("timezone", "Mars")),
        ],
    )
    def test_is_refused_at_the_field_and_keeps_the_rest(
        self, visitor: Client, field: str, value: str
    ) -> None:
        page = visitor.post("/signup/", wish(**{field: value}))
        assert page.status_code == 400
        assert page.context["form"].errors(f"/{field}")
        assert page.context["form"].value("/last_name") == "Owner"

    def test_is_refused_for_everything_at_once(self, visitor: Client) -> None:
        page = visitor.post("/signup/", wish(slug="acme", email="nobody", currency="XXQ"))
        form = page.context["form"]
        assert all(form.errors(f"/{name}") for name in ("slug", "email", "currency"))

    def test_offers_currencies_in_the_visitors_language(self, visitor: Client) -> None:
        german = visitor.get("/signup/", headers={"Accept-Language": "de"}).content.decode()
        assert "AED · VAE-Dirham" in german
        assert "AED · United Arab Emirates Dirham" in visitor.get("/signup/").content.decode()

    def test_founds_nothing_yet(self, visitor: Client) -> None:
        given = wish()
        answer = visitor.post("/signup/", given)
        assert (answer.status_code, answer["Location"]) == (303, "/signup/code/")
        assert not Organization.objects.filter(slug=given["slug"]).exists()
        event = EventRecord.objects.get(name="organizations.sign_up_started")
        assert given["email"] not in str(event.payload)

    def test_is_limited_by_account(self, visitor: Client, settings: object) -> None:
        given = wish()
        for _ in range(3):
            assert visitor.post("/signup/", given).status_code == 303
        page = visitor.post("/signup/", given)
        assert page.status_code == 429
        assert int(page["Retry-After"]) > 0
        assert "Too many requests" in page.content.decode()


class TestCode:
    def test_is_mailed_in_the_visitors_language(self, visitor: Client) -> None:
        visitor.post("/signup/", wish(), headers={"Accept-Language": "de"})
        mailed_code()
        assert "Ihr Code" in mail.outbox[-1].subject

    def test_founds_the_organization(self, visitor: Client) -> None:
        given = wish()
        visitor.post("/signup/", given)
        answer = visitor.post("/signup/code/", {"code": mailed_code()})
        assert answer["Location"] == "/signup/progress/"
        row = Organization.objects.get(slug=given["slug"])
        assert row.status == Status.REQUESTED
        assert row.provisioning.owner_email == given["email"]
        again = visitor.post("/signup/code/", {"code": "whatever"})
        assert again["Location"] == "/signup/progress/"
        assert Organization.objects.filter(slug=given["slug"]).count() == 1

    def test_is_guessed_five_times_at_most(self, visitor: Client) -> None:
        visitor.post("/signup/", wish())
        right = code_of(SignUp.objects.get())
        wrong = "000000" if right != "000000" else "000001"
        for _ in range(5):
            page = visitor.post("/signup/code/", {"code": wrong})
            assert page.context["form"].errors("/code")
        page = visitor.post("/signup/code/", {"code": right})
        assert "begin again" in page.content.decode()
        assert SignUp.objects.get().organization_id is None

    def test_is_good_for_an_hour(self, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        assert timedelta(hours=1) == sign_up.GOOD_FOR
        monkeypatch.setattr(sign_up, "GOOD_FOR", timedelta(0))
        visitor.post("/signup/", wish())
        code = code_of(SignUp.objects.get())
        assert visitor.post("/signup/code/", {"code": code}).status_code == 400

    def test_belongs_to_the_browser_that_asked(self, visitor: Client) -> None:
        visitor.post("/signup/", wish())
        code = code_of(SignUp.objects.get())
        stranger = Client(SERVER_NAME="localhost")
        for method, path in (("get", "code"), ("post", "code"), ("get", "progress")):
            answer = getattr(stranger, method)(f"/signup/{path}/", {"code": code})
            assert answer["Location"] == "/signup/"
        stranger.cookies["prs_sign_up"] = "made-up"
        assert stranger.get("/signup/enter/")["Location"] == "/signup/"
        assert SignUp.objects.get().organization_id is None

    def test_does_not_take_a_subdomain_that_went_meanwhile(self, visitor: Client) -> None:
        given = wish()
        visitor.post("/signup/", given)
        code = code_of(SignUp.objects.get())
        other = Client(SERVER_NAME="localhost")
        other.post("/signup/", {**wish(), "slug": given["slug"]})
        other_code = code_of(SignUp.objects.latest("started_at"))
        assert other.post("/signup/code/", {"code": other_code}).status_code == 303
        page = visitor.post("/signup/code/", {"code": code})
        assert page.status_code == 400
        assert "taken" in page.content.decode()


def test_the_database_keeps_unproven_wishes_from_founding(visitor: Client) -> None:
    visitor.post("/signup/", wish())
    with pytest.raises(IntegrityError), transaction.atomic():
        SignUp.objects.update(organization_id=uuid4())


@pytest.mark.usefixtures("fresh_tenant")
class TestWholeWay:
    """Committed, because the founding works on connections of its own."""

    @pytest.fixture
    def given(self, fresh_tenant: Tenant) -> Iterator[dict[str, str]]:
        """A wish; what came of it is dropped afterwards."""
        given = wish()
        with use_platform():
            yield given
            row = Organization.objects.filter(slug=given["slug"]).first()
            SignUp.objects.filter(slug=given["slug"]).delete()
            if row is not None:
                drop_organization(get_tenant(row.pk))

    def test_ends_signed_in_at_the_organization(self, given: dict[str, str]) -> None:
        visitor = Client(SERVER_NAME="localhost")
        visitor.cookies["language"] = "de"  # of the platform's host alone
        visitor.post("/signup/", given)
        code = code_of(SignUp.objects.get(slug=given["slug"]))
        visitor.post("/signup/code/", {"code": code})
        assert "HX-Redirect" not in progress_of(visitor)
        assert visitor.get("/signup/enter/")["Location"] == "/signup/progress/"

        organization = Organization.objects.get(slug=given["slug"])
        assert go_on_with(organization.pk, at=utc_now())
        assert progress_of(visitor)["HX-Redirect"] == "/signup/enter/"

        link = urlsplit(visitor.get("/signup/enter/")["Location"])
        assert link.hostname == get_tenant(organization.pk).host
        owner = Client(SERVER_NAME=str(link.hostname))
        page = owner.get(f"{link.path}?{link.query}")
        assert "Willkommen, Olga Owner" in page.content.decode()
        assert 'action="/welcome/?language=de"' in page.content.decode()
        token = page.context["form"].typed["token"]
        answer = owner.post("/welcome/?language=de", {"token": token, "password": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (303, "/")
        assert '<html lang="de"' in owner.get("/dashboard/").content.decode()
        assert visitor.get("/signup/enter/")["Location"].endswith("/sign-in/")


def progress_of(visitor: Client) -> Any:
    """Return the part of the page that asks again."""
    return visitor.get("/signup/progress/", headers={"HX-Request": "true"})

"""Find one's organizations by e-mail: told to the address alone, kept as digests."""

import re
from io import StringIO
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from shared_apps.audit.delivery import deliver
from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import LoginHint, Organization, Status, WorkspaceSearch
from shared_apps.organizations.services.hints import digest_of
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    reactivate_person,
    revoke_invitation,
    suspend_person,
)
from tests.cast import STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory, PersonFactory
from tests.queries import queries_of

pytestmark = pytest.mark.django_db

FIND = "/api/platform/find/"
# the form's token is masked anew each time
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')


@pytest.fixture(autouse=True)
def _from_anywhere(settings: Settings) -> None:
    """All tests come from one network address."""
    settings.PASSWORD_RESETS_PER_ADDRESS = 1_000_000


def work_off() -> None:
    """Carry out what is owed here, as a worker would."""
    owed = Delivery.objects.filter(state=DeliveryState.READY).order_by("pk")
    for delivery_id in list(owed.values_list("pk", flat=True)):
        deliver(delivery_id=delivery_id)


def answers() -> list[mail.EmailMessage]:
    """Return the mails that say where somebody signs in; others may be owed here as well."""
    return [message for message in mail.outbox if message.subject == "Where you sign in"]


def hints_of(email: str) -> list[str]:
    """Return the organizations that the platform has a hint to."""
    with use_platform():
        rows = LoginHint.objects.filter(address_digest=digest_of(email))
        return sorted(rows.values_list("organization__slug", flat=True))


@pytest.fixture
def member(acme: Tenant) -> User:
    """Somebody of acme whom the platform knows of."""
    person = PersonFactory()
    work_off()
    return person


class TestHints:
    def test_follow_a_persons_way(self, member: User, acme: Tenant) -> None:
        assert hints_of(member.email) == ["acme"]
        suspend_person(user_id=member.pk, by=STAGEHAND, at=utc_now())
        work_off()
        assert hints_of(member.email) == []
        reactivate_person(user_id=member.pk, by=STAGEHAND, at=utc_now())
        work_off()
        assert hints_of(member.email) == ["acme"]

    def test_follow_an_invitation(self, acme: Tenant) -> None:
        invited = InvitedPersonFactory()
        work_off()
        assert hints_of(invited.email) == ["acme"]
        revoke_invitation(user_id=invited.pk, by=STAGEHAND, at=utc_now())
        work_off()
        assert hints_of(invited.email) == []

    def test_say_nothing_of_whose_they_are(self, member: User) -> None:
        with use_platform():
            row = LoginHint.objects.filter(address_digest=digest_of(member.email)).values().get()
        assert set(row) == {"id", "organization_id", "address_digest"}
        assert member.email not in str(row)
        assert str(member.pk) not in str(row)

    def test_need_the_products_key(self, member: User, settings: Settings) -> None:
        before = digest_of(member.email)
        settings.SECRET_KEY = "another key of more than fifty characters, 0123456789"
        assert digest_of(member.email) != before

    def test_are_rebuilt_by_a_command(self, member: User, acme: Tenant) -> None:
        with use_platform():
            LoginHint.objects.all().delete()
            stale = LoginHint(organization_id=acme.id, address_digest="0" * 64)
            stale.save()
        out = StringIO()
        call_command("rebuild_login_hints", stdout=out)
        assert hints_of(member.email) == ["acme"]
        with use_platform():
            assert not LoginHint.objects.filter(address_digest="0" * 64).exists()
        call_command("rebuild_login_hints", stdout=(again := StringIO()))
        assert again.getvalue().startswith("0 hints to ")


class TestFinding:
    @pytest.fixture
    def everywhere(self, member: User, globex: Tenant) -> User:
        """Somebody with an account in both organizations."""
        with use_tenant(globex):
            PersonFactory(email=member.email)
            work_off()
        return member

    def ask(self, client: PrsClient, email: str) -> None:
        """Ask, and let a worker answer."""
        ok(client.post(FIND, {"email": email}), 204)
        with use_platform():
            work_off()

    def test_mails_every_organization_and_where_it_is(
        self, everywhere: User, acme: Tenant, globex: Tenant, at_platform: PrsClient
    ) -> None:
        self.ask(at_platform, f" {everywhere.email.upper()} ")
        (message,) = answers()
        assert message.to == [everywhere.email]
        for tenant in (acme, globex):
            assert f"{tenant.name}: http://{tenant.host}:8000/sign-in/" in message.body

    def test_leaves_out_organizations_that_nobody_can_enter(
        self, everywhere: User, globex: Tenant, at_platform: PrsClient
    ) -> None:
        with use_platform():
            Organization.objects.filter(pk=globex.id).update(status=Status.CLOSING)
        self.ask(at_platform, everywhere.email)
        (message,) = answers()
        assert globex.host not in message.body

    def test_writes_to_nobody_whom_nobody_knows(self, at_platform: PrsClient) -> None:
        self.ask(at_platform, f"nobody-{uuid4().hex}@example.com")
        assert answers() == []

    def test_answers_known_and_unknown_addresses_alike(
        self, member: User, at_platform: PrsClient
    ) -> None:
        seen = []
        for email in (member.email, f"nobody-{uuid4().hex}@example.com"):
            work = queries_of(lambda email=email: at_platform.post(FIND, {"email": email}))  # type: ignore[misc]
            answer = at_platform.post("/api/platform/find/", {"email": f"x{email}"})
            seen.append((answer.status_code, answer.content, work))
        assert seen[0] == seen[1] == (204, b"", seen[0][2])
        assert answers() == []

    def test_keeps_the_address_nowhere(self, member: User, at_platform: PrsClient) -> None:
        ok(at_platform.post(FIND, {"email": member.email}), 204)
        with use_platform():
            (search,) = WorkspaceSearch.objects.values()
            events = EventRecord.objects.filter(name="organizations.workspaces_asked").values()
            assert member.email not in f"{search} {list(events)}"
            work_off()
            assert not WorkspaceSearch.objects.exists()

    def test_mails_once_for_each_time(self, member: User, at_platform: PrsClient) -> None:
        self.ask(at_platform, member.email)
        with use_platform():
            Delivery.objects.update(state=DeliveryState.READY)
            work_off()
        assert len(answers()) == 1

    def test_is_limited_for_an_address(self, at_platform: PrsClient) -> None:
        email = f"nobody-{uuid4().hex}@example.com"
        for _ in range(3):
            ok(at_platform.post(FIND, {"email": email}), 204)
        answer = at_platform.post(FIND, {"email": email})
        assert error(answer, 429)["code"] == "throttled"
        assert int(answer["Retry-After"]) > 0

    def test_is_the_platforms(self, anyone: PrsClient) -> None:
        error(anyone.post(FIND, {"email": "sam@acme.example"}), 404)


class TestPage:
    @pytest.fixture
    def browser(self) -> Client:
        """A browser at the platform's host."""
        return Client(SERVER_NAME="localhost")

    def test_asks_for_the_address_and_says_the_same_of_all(
        self, member: User, browser: Client
    ) -> None:
        assert "Send me the list" in browser.get("/find/").content.decode()
        pages = [
            TOKEN.sub("", browser.post("/find/", {"email": email}).content.decode())
            for email in (member.email, f"nobody-{uuid4().hex}@example.com")
        ]
        assert pages[0] == pages[1]
        assert "a mail with the addresses" in pages[0]
        with use_platform():
            work_off()
        assert [message.to for message in answers()] == [[member.email]]

    def test_speaks_german_and_so_does_the_mail(self, member: User, browser: Client) -> None:
        german = {"Accept-Language": "de"}
        assert "Liste senden" in browser.get("/find/", headers=german).content.decode()
        browser.post("/find/", {"email": member.email}, headers=german)
        with use_platform():
            work_off()
        assert "Wo Sie sich anmelden" in [message.subject for message in mail.outbox]

    def test_names_what_is_wrong(self, browser: Client) -> None:
        page = browser.post("/find/", {"email": "<b>no</b>"})
        assert page.status_code == 400
        assert "Enter a valid e-mail address." in page.content.decode()
        assert "<b>no</b>" not in page.content.decode()

    def test_is_limited(self, browser: Client) -> None:
        email = f"nobody-{uuid4().hex}@example.com"
        answers = [browser.post("/find/", {"email": email}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert int(answers[-1]["Retry-After"]) > 0

    def test_needs_a_csrf_token(self) -> None:
        strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        assert strict.post("/find/", {"email": "sam@acme.example"}).status_code == 403

    def test_is_the_platforms(self, acme: Tenant) -> None:
        assert Client(SERVER_NAME=acme.host).get("/find/").status_code == 404

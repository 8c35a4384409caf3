"""What the console says instead of codes: events, reactions, actors, instants, empty lists."""

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from shared_apps.audit.models import EventRecord
from shared_apps.audit.recording import record
from shared_apps.audit.registry import _later_by_name
from shared_apps.jobs.models import JobState, Outcome
from shared_apps.jobs.selectors import list_jobs
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import SignUpStarted
from shared_apps.organizations.models import Domain, Organization
from shared_apps.organizations.services import suspend_organization
from shared_apps.platform_admin.console.happenings import DOORS, actor_word, reaction_word
from shared_apps.platform_admin.console.site import site
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.models import SchemaState
from tenant_apps.accounts.models import Impersonation, User
from tests.cast import STAGEHAND
from tests.platform_admin.test_german_console import pages_of, story

__all__ = ["story"]

LOG, VISITS = "/console/audit/eventrecord/", "/console/accounts/impersonation/"
LATER = sorted(_later_by_name(settings.EVENT_REACTIONS))
# instants as Django writes them where nobody says how
LONG = re.compile(
    r"\d{4}, (\d{1,2}(:\d\d)? [ap]\.m\.|noon|midnight)|\d\d?\. [A-Z]\w+ \d{4} \d\d:\d\d"
)


@pytest.fixture
def suspended(pat: User, pats: Client, acme: Tenant) -> object:
    """Acme, suspended by Pat."""
    suspend_organization(organization_id=acme.id, by=pat.actor, at=utc_now(), reason="Nobody paid")
    yield acme
    get_directory().forget()


def read(browser: Client, path: str, language: str = "en") -> str:
    browser.cookies["language"] = language
    return browser.get(path).content.decode()


def row_of(html: str, text: str) -> str:
    """Return the words of the one row of a list in which a text stands, without its tags."""
    rows = [row for row in re.findall(r"<tr.*?</tr>", html, re.DOTALL) if text in row]
    assert len(rows) == 1, rows
    return " ".join(re.sub("<[^>]*>", " ", rows[0]).split())


class TestEvents:
    @pytest.mark.parametrize(
        ("language", "what"), [("en", "Organization suspended"), ("de", "Organisation gesperrt")]
    )
    def test_are_listed_in_words_with_whom_they_are_about(
        self, pats: Client, suspended: Tenant, language: str, what: str
    ) -> None:
        row = row_of(read(pats, LOG, language), "organizations.organization_suspended")
        assert f"{what} organizations.organization_suspended acme Pat Platform" in row

    @pytest.mark.parametrize(("language", "who"), [("en", "Sign-up"), ("de", "Registrierung")])
    def test_say_which_page_acted(self, pats: Client, language: str, who: str) -> None:
        with use_platform():
            event = SignUpStarted(sign_up_id=Organization.objects.first().pk, slug="hooli")
            record(event, actor=Actor.system("sign_up"), at=utc_now())
        row = row_of(read(pats, LOG, language), "organizations.sign_up_started")
        assert f"hooli {who}" in row
        assert "system:" not in row

    def test_have_a_page_with_their_words_as_title(self, pats: Client, suspended: Tenant) -> None:
        with use_platform():
            event = EventRecord.objects.get(name="organizations.organization_suspended")
        html = read(pats, f"{LOG}{event.pk}/change/", "de")
        title, head = re.findall(r"<title>(.*?)</title>|<h1(.*?)</h1>", html, re.DOTALL)
        for place in (title[0], head[1]):
            assert "Organisation gesperrt: acme" in place
            assert str(suspended.id) not in place

    def test_are_found_by_their_words(self, pats: Client, suspended: Tenant) -> None:
        row_of(read(pats, f"{LOG}?q=gesperrt", "de"), "organizations.organization_suspended")

    def test_are_filtered_by_their_words(self, pats: Client, suspended: Tenant) -> None:
        html = re.sub(r"(?s)<tr.*?</tr>", "", read(pats, LOG, "de"))
        assert "Organisation gesperrt" in html

    def test_cost_no_statement_for_each(
        self, pats: Client, suspended: Tenant, django_assert_max_num_queries: object
    ) -> None:
        with use_platform():
            for _ in range(40):
                event = SignUpStarted(sign_up_id=suspended.id, slug="hooli")
                record(event, actor=STAGEHAND, at=utc_now())
        with django_assert_max_num_queries(25):  # type: ignore[operator]  # pytest-django's
            read(pats, LOG)


class TestReactions:
    @pytest.mark.parametrize("name", LATER)
    def test_have_words_in_both_languages(self, name: str) -> None:
        with translation.override("en"):
            english = str(reaction_word(name))
        with translation.override("de"):
            assert name != english != str(reaction_word(name))

    def test_stand_on_the_page_of_dead_letters(
        self, pats: Client, story: Mapping[str, str]
    ) -> None:
        row = row_of(read(pats, "/console/dead-letters/acme/", "de"), "send_invitation")
        assert "Einladung verschickt accounts.invitation_issued" in row
        assert "Einladung mailen accounts.send_invitation" in row


class TestActors:
    @pytest.mark.parametrize("name", DOORS)
    def test_are_pages_and_commands_by_name(self, name: str) -> None:
        row = EventRecord(actor_kind="system", actor_id=f"system:{name}")
        with translation.override("de"):
            german = str(actor_word(row))
        with translation.override("en"):
            assert german != str(actor_word(row))
            row.actor_id = "system:suspend_organization"
            assert actor_word(row) == "Command suspend_organization"
            row.actor_id = "system:whatever"
            assert str(actor_word(row)) == "PRS by itself"


class TestInstants:
    @pytest.mark.parametrize("language", ["en", "de"])
    def test_are_written_in_one_way_with_their_zone(
        self, pats: Client, story: Mapping[str, str], language: str
    ) -> None:
        day = {"en": r"\d{4}-\d\d-\d\d \d\d:\d\d", "de": r"\d\d\.\d\d\.\d{4} \d\d:\d\d"}[language]
        seen = set()
        for screen in pages_of(story):
            html = re.sub("(?s)<pre.*?</pre>", "", read(pats, screen.path, language))
            assert not LONG.search(html), (screen.name, LONG.search(html))
            if screen.name.startswith("console-") and re.search(rf">\s*{day}\s*<", html):
                assert "(UTC)" in html, screen.name
                seen.add(screen.name)
        assert {"console-audit", "console-organization", "console-visit", "console-jobs"} <= seen


class TestEmptyLists:
    def test_say_what_they_are_and_what_to_do(self, pats: Client) -> None:
        with use_platform():
            assert not Impersonation.objects.exists()
        html = read(pats, VISITS)
        assert "When operators act as people of an organization" in html
        assert "Act as somebody" in html
        assert "Show all" not in html
        assert "yielded" not in html

    def test_lead_back_where_they_are_only_narrowed(self, pats: Client) -> None:
        html = read(pats, f"{VISITS}?q=nobody")
        assert "Nothing matches" in html
        assert 'href="?">Show all' in html
        assert "When operators act as people" not in html
        html = read(pats, f"{VISITS}?o=1", "de")
        assert "Hier ist noch nichts" in html

    def test_of_every_kind_have_words(self, pats: Client) -> None:
        for model, admin in site._registry.items():
            with translation.override("de"):
                german = str(admin.when_empty.what)
            with translation.override("en"):
                assert german != str(admin.when_empty.what), model


def test_suspending_moves_the_instant_of_the_last_change(acme: Tenant) -> None:
    at = utc_now() + timedelta(minutes=5)
    suspend_organization(organization_id=acme.id, by=STAGEHAND, at=at, reason="x")
    get_directory().forget()
    with use_platform():
        assert Organization.objects.get(pk=acme.id).updated_at == at


class TestDanger:
    def test_is_red_before_and_on_the_page_that_asks(self, pats: Client, acme: Tenant) -> None:
        page = f"/console/organizations/organization/{acme.id}"
        with use_platform():
            Domain.objects.create(tenant_id=acme.id, domain="crm.acme.example", is_primary=False)
        html = read(pats, f"{page}/change/")
        assert f'<a class="console-button danger" href="{page}/step/suspend/">' in html
        assert (
            f'<a class="console-link danger" href="{page}/hosts/crm.acme.example/remove/">' in html
        )
        assert 'class="console-button danger"' in read(pats, f"{page}/step/suspend/")
        html = read(pats, f"{page}/hosts/crm.acme.example/primary/")
        assert 'class="console-button primary"' in html
        assert "danger" not in html


class TestTitles:
    def test_are_the_names_that_rows_have(self, pats: Client, pat: User, acme: Tenant) -> None:
        for path, name in (
            (f"organizations/organization/{acme.id}/change/", acme.name),
            (f"accounts/user/{pat.pk}/change/", "Pat Platform"),
            ("tenancy/schemastate/public/change/", "public"),
            ("dead-letters/platform/", "Dead letters of the platform"),
            ("dead-letters/acme/", f"Dead letters of {acme.name}"),
        ):
            head = re.search(r"<h1.*?</h1>", read(pats, f"/console/{path}"), re.DOTALL)
            assert head
            assert re.search(rf">\s*{name}\s*<", head[0]), (path, head[0])

    def test_of_schemas_stand_beside_whose_they_are(self, pats: Client, acme: Tenant) -> None:
        assert "acme" in row_of(read(pats, "/console/tenancy/schemastate/"), acme.schema)


class TestReasons:
    def test_say_who_reads_them(self, pats: Client, acme: Tenant) -> None:
        page = f"/console/organizations/organization/{acme.id}/step/suspend/"
        assert "for the organization to read" in read(pats, page)
        assert "for the organization to read" not in read(pats, "/console/accounts/user/new/")


class TestFounding:
    def test_offers_currencies_and_zones(self, pats: Client) -> None:
        html = read(pats, "/console/organizations/organization/new/", "de")
        assert re.search(r'<option value="AED">AED · VAE-Dirham</option>', html)
        assert '<option value="Asia/Tokyo">Asia/Tokyo</option>' in html

    def test_says_everything_at_its_field_at_once(self, pats: Client) -> None:
        given = {"slug": "www", "name": "", "currency": "XXQ", "timezone": "Mars/Base"}
        given |= {"owner_email": "nobody", "owner_first_name": "O", "reason": "x"}
        page = pats.post("/console/organizations/organization/new/", given)
        assert page.status_code == 400
        wrong = {"slug", "name", "currency", "timezone", "owner_email", "owner_last_name"}
        assert set(page.context["form"].errors) == wrong


class TestOverview:
    """Each number leads to where just what it counts stands."""

    def test_of_failed_jobs_leads_to_them(self, pats: Client) -> None:
        with use_platform():
            name = list_jobs(at=utc_now())[0].name
            JobState.objects.update_or_create(name=name, defaults={"outcome": Outcome.FAILED})
        page = pats.get("/console/")
        late, html = page.context["late_jobs"], page.content.decode()
        assert late
        assert f'<a href="#late-jobs"><b>{len(late)}</b>' in html
        rows = html.split('id="late-jobs"')[1].split("</table>")[0].count("<tr>")
        assert rows == len(late) + 1


@pytest.mark.usefixtures("_working_as_owner")
class TestOverviewOfMigrations:
    """The ledger of migrations is the owner's to change."""

    def test_of_schemas_behind_leads_to_their_names(self, pats: Client, acme: Tenant) -> None:
        assert 'id="behind"' not in read(pats, "/console/")
        with use_platform():
            SchemaState.objects.filter(schema=acme.schema).update(plan_hash="old")
        page = pats.get("/console/")
        assert page.context["behind"] == [acme.schema]
        html = page.content.decode()
        assert '<a href="#behind"><b>1</b>' in html
        assert acme.schema in html.split('id="behind"')[1].split("</p>")[0]

"""The operators' console in German: nothing on it is left in English, and dates are German."""

import re
from collections.abc import Iterator, Mapping

import pytest
from django.test import Client

from shared_apps.tenancy.context import Tenant, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.models import User
from tests.browser.platform_screens import screens_of_console, tell_story, wish_for_organizations
from tests.browser.screens import Screen
from tests.portal.test_german_pages import Reader, english_on

# pages of the console beside the screens: steps to confirm, filters at work, Django's own lists
MORE = {
    "counted": "/console/audit/eventrecord/?_facets=True",
    "of-organizations": "/console/organizations/",
    "host-primary": "/console/organizations/organization/{organization}/hosts/x.example/primary/",
    "operator-suspend": "/console/accounts/user/{operator}/step/suspend/",
    "replay-all": "/console/dead-letters/{slug}/replay/",
    "schema": "/console/tenancy/schemastate/public/change/",
}
# what the story's people typed, and what errors of programs say
TYPED = ("the queue is empty", "the disk is full", "Second shift", "SMTPServerDisconnected", "{ ")
# words that are the same in both languages, and names
ALIKE = re.compile(
    r"P|PP|PRS|Passkeys|System|Status|Name|Person|Subdomain|Schema|Code|English|Deutsch|"
    r"nobody|EUR · Euro|[A-Z]{3}|\d+ ms|(acme: )?[A-Z]\w+ [A-Z]\w+|"
    r"Acme|Globex|Hooli|Umbrella|Pat|Platform|Quinn|Quick"
)
# addresses, identifiers (with how often they are there, or whose), days, and subdomains
DATA = re.compile(
    r"[\w.:@/-]*[\d._:@/-][\w.:@/-]*( \(\d+\)| [\da-f-]{36})?|\W*|acme|globex|[Pp]ublic|localhost"
)
ICON = re.compile(r"<span[^>]*material-symbols-outlined[^>]*>[^<]*</span>")


@pytest.fixture
def story(pat: User, pats: Client, acme: Tenant) -> Mapping[str, str]:
    """What the console's pages show; it goes with the test."""
    with use_tenant(acme):
        return tell_story(acme, pat, wish_for_organizations())


def pages_of(story: Mapping[str, str]) -> Iterator[Screen]:
    yield from screens_of_console(story)
    for name, path in MORE.items():
        yield Screen(f"console-{name}", "pat", path.format(**story))


def said_on(html: str) -> set[str]:
    reader = Reader()
    reader.feed(ICON.sub("", html))
    return set(reader.said)


@pytest.mark.timeout(180)
def test_no_page_says_anything_in_english(pats: Client, story: Mapping[str, str]) -> None:
    found: dict[str, set[str]] = {}
    for screen in pages_of(story):
        pages = {}
        for language in ("en", "de"):
            pats.cookies["language"] = language
            pages[language] = pats.get(screen.path).content.decode()
        assert '<html lang="de"' in pages["de"], screen.path
        alike = said_on(pages["en"]) & said_on(pages["de"])
        left = {text for text in alike if not (ALIKE.fullmatch(text) or DATA.fullmatch(text))}
        left |= set(english_on(pages["de"]))
        if left := {text for text in left if not any(one in text for one in TYPED)}:
            found[screen.name] = left
    assert not found, "\n".join(f"{name}: {texts}" for name, texts in found.items())


def test_days_and_numbers_are_written_as_the_language_does(
    pats: Client, story: Mapping[str, str]
) -> None:
    letters = f"/console/dead-letters/{story['slug']}/"
    pages = {}
    for language in ("en", "de"):
        pats.cookies["language"] = language
        pages[language] = pats.get(letters).content.decode()
    assert re.search(r">\d{4}-\d\d-\d\d \d\d:\d\d<", pages["en"])
    assert re.search(r">\d\d\.\d\d\.\d{4} \d\d:\d\d<", pages["de"])


class TestLanguage:
    def test_is_the_operator_s_own(self, pat: User, pats: Client) -> None:
        assert '<html lang="en"' in pats.get("/console/").content.decode()
        pat.locale = "de"
        pat.save(update_fields=["locale"])
        assert '<html lang="de"' in pats.get("/console/").content.decode()

    def test_is_chosen_at_the_console_and_leads_back(self, pats: Client) -> None:
        html = pats.get("/console/jobs/?organization=acme").content.decode()
        assert 'name="next" value="/console/jobs/?organization=acme"' in html
        given = {"language": "de", "next": "/console/jobs/?organization=acme"}
        answer = pats.post("/look/", given)
        assert (answer.status_code, answer["Location"]) == (303, given["next"])
        assert "Aufgaben von Acme" in pats.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:1"])
    def test_leads_to_no_other_host(self, pats: Client, back: str) -> None:
        assert pats.post("/look/", {"language": "de", "next": back})["Location"] == "/"

    def test_is_what_a_step_is_refused_and_done_in(self, pats: Client, acme: Tenant) -> None:
        pats.cookies["language"] = "de"
        page = f"/console/organizations/organization/{acme.id}"
        refused = pats.post(f"{page}/hosts/new/", {"host": acme.host, "reason": "x"})
        assert refused.status_code == 400
        assert english_on(refused.content.decode()) == []
        answer = pats.post(f"{page}/step/suspend/", {"reason": "x"}, follow=True)
        assert "Sperren: erledigt." in answer.content.decode()
        get_directory().forget()

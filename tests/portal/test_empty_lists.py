"""Lists of a new organization: each says what to do next, with a link for whoever may do it."""

import re

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tests.cast import person_named
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory
from tests.portal.conftest import Browsers

ASK = "/payments/?status=verified"
LISTS = {
    # page -> (whoever may go on, the link that they find, whoever only reads)
    "/clients/": ("sam", "/clients/new/", "audrey"),
    "/deals/": ("sam", "/deals/new/", "audrey"),
    "/payments/": ("sam", "/payments/new/", "audrey"),
    "/returns/": ("fay", ASK, "audrey"),
    "/invoices/": ("sam", "/deals/", ""),
    "/credit-notes/": ("sam", "/invoices/", ""),
    "/commissions/": ("sam", "/payments/", ""),
    "/keys/": ("olga", "/keys/programs/new/", "audrey"),
    "/settings/products/": ("olga", "/settings/products/new/", "audrey"),
    "/settings/taxes/": ("olga", "/settings/taxes/new/", "audrey"),
    "/settings/sso/": ("olga", "/settings/sso/new/", "audrey"),
}
DOES = [(path, who, url) for path, (who, url, _reader) in LISTS.items()]
READS = [(path, who, reader) for path, (who, _url, reader) in LISTS.items() if reader]


def empty_of(browser: Client, path: str) -> str:
    """Return what stands where the list would."""
    found = re.search(r'<div class="empty.*?</div>', browser.get(path).content.decode(), re.DOTALL)
    assert found, path
    return found[0]


def said_in(empty: str) -> str:
    """Return the sentence below the heading."""
    return str(re.findall(r"<p>(.*?)</p>", empty)[0])


@pytest.mark.usefixtures("sam")
class TestEmptyLists:
    @pytest.mark.parametrize(("path", "who", "url"), DOES)
    def test_lead_on_whoever_may_go_on(
        self, browser_of: Browsers, path: str, who: str, url: str
    ) -> None:
        assert f'href="{url}"' in empty_of(browser_of(person_named(who)), path)

    @pytest.mark.parametrize(("path", "who", "reader"), READS)
    def test_say_to_a_reader_who_goes_on(
        self, browser_of: Browsers, path: str, who: str, reader: str
    ) -> None:
        doers, readers = (empty_of(browser_of(person_named(name)), path) for name in (who, reader))
        assert "href" not in readers
        assert said_in(readers) != said_in(doers)

    def test_tell_nobody_of_their_own_figures_who_sees_all(self, browser_of: Browsers) -> None:
        said = said_in(empty_of(browser_of(person_named("audrey")), "/commissions/"))
        assert "you" not in said.split()

    def test_lead_from_a_deal_without_lines_to_its_form(self, sams: Client, sam: User) -> None:
        deal = DealFactory(by=sam, at=utc_now(), status="draft", lines=(), instalments=())
        assert f'href="/deals/{deal.code}/edit/"' in empty_of(sams, f"/deals/{deal.code}/")

    def test_lead_from_a_client_without_deals_to_the_first(self, sams: Client, sam: User) -> None:
        client = ClientFactory(by=sam, at=utc_now())
        url = f'href="/deals/new/?client={client.code}"'
        assert url in empty_of(sams, f"/clients/{client.code}/")

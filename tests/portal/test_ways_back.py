"""A page that refuses leads back to what stands above it, where the person may see that."""

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import Policy
from tenant_apps.deals.models import Deal
from tests.factories.deals import DealFactory, WonDealFactory
from tests.portal.conftest import Browsers


@pytest.fixture
def deal(sam: User) -> Deal:
    """A won deal of Sam's."""
    return WonDealFactory(by=sam, at=utc_now())


def way_back(browser: Browser, path: str, status: int) -> tuple[str, str]:
    """Return where a refusal leads back to: address and words; ("", "") for the start alone."""
    page = browser.get(path)
    assert page.status_code == status, page.content.decode()
    html = page.content.decode()
    assert "Back to the start" in html
    way = page.context["way_back"]
    if way is None:
        return "", ""
    assert f'href="{way.url}">Back to {way.label}</a>' in html
    return way.url, str(way.label)


def test_of_a_step_is_its_object(sams: Browser, deal: Deal) -> None:
    found = way_back(sams, f"/deals/{deal.code}/move/win/", 409)
    assert found == (f"/deals/{deal.code}/", deal.code)


def test_of_a_step_that_is_not_the_persons_is_the_object_that_they_may_read(
    veras: Browser, deal: Deal
) -> None:
    found = way_back(veras, f"/deals/{deal.code}/edit/", 403)
    assert found == (f"/deals/{deal.code}/", deal.code)


def test_of_an_object_that_is_not_the_persons_is_the_list(
    browser_of: Browsers, suki: User, deal: Deal
) -> None:
    sukis = browser_of(suki)
    assert way_back(sukis, f"/deals/{deal.code}/", 404) == ("/deals/", "Deals")
    assert way_back(sukis, f"/deals/{deal.code}/move/win/", 404) == ("/deals/", "Deals")


def test_of_a_page_that_nobody_has_is_what_stands_above_it(sams: Browser, deal: Deal) -> None:
    found = way_back(sams, f"/deals/{deal.code}/nonsense/too/", 404)
    assert found == (f"/deals/{deal.code}/", deal.code)
    assert way_back(sams, "/nonsense/", 404) == ("", "")


def test_names_a_person_and_the_lists_of_settings(
    browser_of: Browsers, adam: User, olga: User
) -> None:
    adams = browser_of(adam)
    found = way_back(adams, f"/people/{olga.pk}/edit/", 403)
    assert found == (f"/people/{olga.pk}/", olga.full_name)
    last = Policy.objects.filter(subject_type="payments.payment").get()
    found = way_back(adams, f"/settings/policies/{last.pk}/retire/", 409)
    assert found == ("/settings/policies/", "Approval policies")


def test_is_not_a_list_that_the_person_may_not_open(sams: Browser, deal: Deal) -> None:
    assert way_back(sams, "/people/invite/", 403) == ("", "")


def test_is_offered_to_a_sent_form_as_well(sams: Browser, sam: User) -> None:
    draft = DealFactory(by=sam, at=utc_now())
    page = sams.post(f"/deals/{draft.code}/nonsense/", {"reason": "x"})
    assert page.status_code == 404
    assert page.context["way_back"].url == f"/deals/{draft.code}/"


def test_is_not_offered_to_somebody_who_is_signed_out(nobodys: Browser) -> None:
    page = nobodys.get("/deals/nonsense/or/not/")
    assert page.status_code == 404
    assert page.context["way_back"] is None

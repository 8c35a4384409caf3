"""What becomes of a client, in the browser: put away, joined with its duplicate, erased."""

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.deals.models import Deal
from tests.factories.clients import ClientFactory
from tests.factories.deals import DealFactory, WonDealFactory
from tests.portal.conftest import Browsers, key_of


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.fixture
def client(sam: User) -> Client:
    return ClientFactory(name="Northwind", by=sam, at=utc_now())


@pytest.fixture
def duplicate(suki: User) -> Client:
    return ClientFactory(name="Northwind Inc.", by=suki, at=utc_now())


class TestPutAway:
    def test_leaves_the_lists_and_comes_back(self, adams: Browser, client: Client) -> None:
        url = f"/clients/{client.code}/"
        assert f"{url}archive/" in adams.get(url).content.decode()
        assert adams.get(f"{url}archive/").status_code == 200
        assert adams.post(f"{url}archive/")["Location"] == url
        assert "Northwind" not in adams.get("/clients/").content.decode()
        assert f"{url}restore/" in adams.get(url).content.decode()
        adams.post(f"{url}restore/")
        assert "Northwind" in adams.get("/clients/").content.decode()


class TestMerge:
    def test_moves_everything_once(
        self, adams: Browser, client: Client, duplicate: Client, suki: User
    ) -> None:
        deal = DealFactory(client=duplicate, by=suki, at=utc_now(), status="open")
        url = f"/clients/{client.code}/merge/"
        offered = dict(adams.get(url).context["others"])
        assert duplicate.code in offered
        assert client.code not in offered
        sent = {"duplicate": duplicate.code, "reason": "Same VAT id.", "request_key": key_of(1)}
        for _again in range(2):
            assert adams.post(url, sent)["Location"] == f"/clients/{client.code}/"
        assert Deal.objects.get(pk=deal.pk).client_id == client.pk
        page = adams.get(f"/clients/{duplicate.code}/").content.decode()
        assert f"/clients/{client.code}/" in page
        assert "merge/" not in page

    def test_keeps_what_was_typed_and_says_why_not(self, adams: Browser, client: Client) -> None:
        url = f"/clients/{client.code}/merge/"
        empty = adams.post(url, {"duplicate": "", "reason": "", "request_key": key_of(1)})
        assert empty.status_code == 400
        assert empty.context["form"].errors("/duplicate") != []
        sent = {"duplicate": "CL-9999", "reason": "Same.", "request_key": key_of(2)}
        unknown = adams.post(url, sent)
        assert unknown.context["form"].errors("/duplicate") == [
            "There is no such client, or it is not yours to see."
        ]
        itself = adams.post(url, sent | {"duplicate": client.code, "request_key": key_of(3)})
        assert itself.status_code == 409
        assert itself.context["form"].value("/reason") == "Same."


class TestErase:
    def test_takes_the_names_away(self, adams: Browser, client: Client) -> None:
        url = f"/clients/{client.code}/"
        assert adams.post(f"{url}erase/", {"reason": ""}).status_code == 400
        assert adams.post(f"{url}erase/", {"reason": "They asked."})["Location"] == url
        client.refresh_from_db()
        assert client.name == f"[erased] {client.code}"
        assert "was erased" in adams.get(url).content.decode()

    def test_is_refused_while_the_client_owes_money(
        self, adams: Browser, client: Client, sam: User
    ) -> None:
        WonDealFactory(client=client, by=sam, at=utc_now())
        answer = adams.post(f"/clients/{client.code}/erase/", {"reason": "They asked."})
        assert answer.status_code == 409
        assert "settle that first" in answer.content.decode()
        client.refresh_from_db()
        assert client.name == "Northwind"


@pytest.mark.parametrize("step", ["archive", "restore", "merge", "erase"])
class TestEveryStep:
    def test_is_refused_without_its_permission(
        self, step: str, sams: Browser, veras: Browser, client: Client
    ) -> None:
        url = f"/clients/{client.code}/"
        assert f"{url}{step}/" not in veras.get(url).content.decode()
        for browser in (veras, sams) if step in ("merge", "erase") else (veras,):
            assert browser.get(f"{url}{step}/").status_code == 403
            assert browser.post(f"{url}{step}/", {"reason": "No"}).status_code == 403
        client.refresh_from_db()
        assert (client.name, client.archived_at) == ("Northwind", None)

    def test_is_not_found_elsewhere(self, step: str, mallorys: Browser, client: Client) -> None:
        assert mallorys.get(f"/clients/{client.code}/{step}/").status_code in (403, 404)
        client.refresh_from_db()
        assert client.archived_at is None

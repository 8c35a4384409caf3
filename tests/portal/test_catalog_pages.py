"""Products and stages in the browser: what is sold, for how much, and how a deal goes on."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.deals.models import Product, Stage
from tenant_apps.deals.services import NewProduct, NewStage, create_product, create_stage
from tests.portal.conftest import Browsers, key_of
from tests.queries import queries_of

PRODUCTS, STAGES = "/settings/products/", "/settings/stages/"
Make = Callable[[int], object]


@pytest.fixture
def adams(adam: User, browser_of: Browsers) -> Browser:
    return browser_of(adam)


@pytest.fixture
def product(adam: User) -> Product:
    new = NewProduct(name="GTX Pro", series="GTX", list_price=Money.of("4821", "EUR"))
    return create_product(new=new, by=adam, at=utc_now())


@pytest.fixture
def stage(adam: User) -> Stage:
    new = NewStage(name="Handshake", probability_percent=Decimal(90), position=9)
    return create_stage(new=new, by=adam, at=utc_now())


def sold(**more: str) -> dict[str, str]:
    """Return the form of a product."""
    typed = {"name": "GTX Basic", "series": "", "list_price": "550", "external_id": ""}
    return {**typed, "currency": "EUR", "request_key": key_of(1), **more}


def step(**more: str) -> dict[str, str]:
    """Return the form of a stage."""
    typed = {"name": "Handshake", "probability_percent": "90", "position": "9"}
    return {**typed, "request_key": key_of(1), **more}


class TestLists:
    def test_show_names_and_prices(self, adams: Browser, product: Product, stage: Stage) -> None:
        html = adams.get(PRODUCTS).content.decode()
        assert "GTX Pro" in html
        assert "€4,821.00" in html
        assert f"{PRODUCTS}{product.pk}/edit/" in html
        html = adams.get(STAGES).content.decode()
        assert "Handshake" in html
        assert "90%" in html

    def test_are_searched(self, adams: Browser, product: Product) -> None:
        assert "GTX Pro" in adams.get(f"{PRODUCTS}?q=gtx").content.decode()
        assert "No product matches" in adams.get(f"{PRODUCTS}?q=other").content.decode()

    def test_say_what_to_do_while_they_are_empty(self, adams: Browser) -> None:
        assert "No products yet" in adams.get(PRODUCTS).content.decode()

    def test_are_looked_at_without_steps_by_a_salesperson(
        self, sams: Browser, product: Product, stage: Stage
    ) -> None:
        for url in (PRODUCTS, STAGES):
            page = sams.get(url)
            assert page.context["may_change"] is False
            assert "edit/" not in page.content.decode()

    @pytest.mark.parametrize("kind", ["product", "stage"])
    def test_ask_as_much_for_many_as_for_one(self, kind: str, adams: Browser, adam: User) -> None:
        url = PRODUCTS if kind == "product" else STAGES
        for n in range(5):
            if n == 1:
                few = queries_of(lambda: adams.get(url))
            if kind == "product":
                price = Money.of("1", "EUR")
                new = NewProduct(name=f"Product {n}", list_price=price)
                create_product(new=new, by=adam, at=utc_now())
            else:
                next_one = NewStage(name=f"Stage {n}", probability_percent=Decimal(1), position=9)
                create_stage(new=next_one, by=adam, at=utc_now())
        assert queries_of(lambda: adams.get(url)) == few


class TestNewOnes:
    def test_enters_a_product_once(self, adams: Browser) -> None:
        for _again in range(2):
            assert adams.post(f"{PRODUCTS}new/", sold())["Location"] == PRODUCTS
        made = Product.objects.get()
        assert (made.name, made.list_price, made.currency) == ("GTX Basic", Decimal(550), "EUR")
        assert made.external_id is None

    def test_enters_a_stage_behind_the_last(self, adams: Browser, stage: Stage) -> None:
        form = adams.get(f"{STAGES}new/").context["form"]
        assert form.value("/position") == "10"
        sent = step(name="Signing", probability_percent="97.5", position="10")
        assert adams.post(f"{STAGES}new/", sent)["Location"] == STAGES
        assert Stage.objects.get(name="Signing").probability_percent == Decimal("97.5")

    def test_reads_a_price_as_it_is_typed_in_german(self, adams: Browser, adam: User) -> None:
        adam.locale = "de"
        adam.save(update_fields=["locale"])
        adams.post(f"{PRODUCTS}new/", sold(list_price="1.550,50"))
        assert Product.objects.get().list_price == Decimal("1550.50")

    def test_keeps_what_was_typed_and_says_why_not(
        self, adams: Browser, product: Product, stage: Stage
    ) -> None:
        taken = adams.post(f"{PRODUCTS}new/", sold(name="GTX Pro"))
        assert taken.status_code == 409
        assert "in use already" in taken.content.decode()
        odd = adams.post(f"{PRODUCTS}new/", sold(list_price="cheap"))
        assert odd.context["form"].errors("/list_price") != []
        assert odd.context["form"].value("/list_price") == "cheap"
        sure = adams.post(f"{STAGES}new/", step(name="Sure", probability_percent="101"))
        assert sure.context["form"].errors("/probability_percent") != []

    def test_are_refused_to_a_salesperson(self, sams: Browser) -> None:
        assert sams.post(f"{PRODUCTS}new/", sold()).status_code == 403
        assert sams.post(f"{STAGES}new/", step()).status_code == 403
        assert Product.objects.count() == 0


class TestChanges:
    def test_change_name_and_price(self, adams: Browser, product: Product) -> None:
        path = f"{PRODUCTS}{product.pk}/edit/"
        version = adams.get(path).context["form"].version
        sent = sold(name="GTX Pro 2", list_price="5000", external_id="gtx-2", version=version)
        assert adams.post(path, sent)["Location"] == PRODUCTS
        product.refresh_from_db()
        assert (product.name, product.list_price) == ("GTX Pro 2", Decimal(5000))
        assert product.external_id == "gtx-2"

    def test_change_the_way_of_a_deal(self, adams: Browser, stage: Stage) -> None:
        path = f"{STAGES}{stage.pk}/edit/"
        version = adams.get(path).context["form"].version
        assert adams.post(path, step(position="2", version=version))["Location"] == STAGES
        stage.refresh_from_db()
        assert stage.position == 2

    def test_are_refused_on_what_has_changed_since(self, adams: Browser, product: Product) -> None:
        sent = sold(version="9")
        assert adams.post(f"{PRODUCTS}{product.pk}/edit/", sent).status_code == 412

    def test_are_one_organizations(self, product: Product, stage: Stage, mallorys: Browser) -> None:
        assert "GTX Pro" not in mallorys.get(PRODUCTS).content.decode()
        assert mallorys.get(f"{PRODUCTS}{product.pk}/edit/").status_code == 404
        assert mallorys.get(f"{STAGES}{stage.pk}/edit/").status_code == 404


class TestPuttingAway:
    @pytest.mark.parametrize("kind", ["product", "stage"])
    def test_leaves_the_list_and_comes_back(
        self, kind: str, adams: Browser, product: Product, stage: Stage
    ) -> None:
        row, url = (product, PRODUCTS) if kind == "product" else (stage, STAGES)
        path = f"{url}{row.pk}/"
        assert f'href="{path}archive/"' in adams.get(url).content.decode()
        assert "away?" in adams.get(f"{path}archive/").content.decode()
        assert adams.post(f"{path}archive/")["Location"] == url
        assert row.name not in adams.get(f"{url}?q=").content.decode().split('id="list"')[-1]
        html = adams.get(f"{url}?all=1").content.decode()
        assert "put away" in html
        assert f'href="{path}restore/"' in html
        assert adams.post(f"{path}restore/")["Location"] == url
        row.refresh_from_db()
        assert row.archived_at is None

    def test_is_not_offered_to_new_deals(
        self, adams: Browser, product: Product, stage: Stage
    ) -> None:
        adams.post(f"{PRODUCTS}{product.pk}/archive/")
        adams.post(f"{STAGES}{stage.pk}/archive/")
        html = adams.get("/deals/new/").content.decode()
        assert str(product.pk) not in html
        assert str(stage.pk) not in html

    def test_keeps_the_last_stage(self, adams: Browser, stage: Stage) -> None:
        for each in Stage.objects.exclude(pk=stage.pk):
            adams.post(f"{STAGES}{each.pk}/archive/")
        page = adams.post(f"{STAGES}{stage.pk}/archive/")
        assert page.status_code == 409
        assert "the last stage of the pipeline" in page.content.decode()

    def test_is_refused_to_a_salesperson(self, sams: Browser, product: Product) -> None:
        assert sams.post(f"{PRODUCTS}{product.pk}/archive/").status_code == 403
        product.refresh_from_db()
        assert product.archived_at is None

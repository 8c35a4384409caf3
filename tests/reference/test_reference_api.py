"""/api/reference/: for any signed-in person, in pages."""

import pytest

from tests.client import PrsClient, error, ok

LISTS = ["currencies", "countries", "time-zones"]


class TestReferenceApi:
    @pytest.mark.parametrize("name", LISTS)
    def test_every_role_reads_it_in_pages(self, as_rita: PrsClient, name: str) -> None:
        page = ok(as_rita.get(f"/api/reference/{name}/?page_size=7&page=2"), 200)
        assert len(page["results"]) == 7
        assert page["pagination"]["count"] > 100
        assert "page=3" in page["pagination"]["next"]

    @pytest.mark.parametrize("name", LISTS)
    def test_nobody_reads_it_without_a_credential(self, anyone: PrsClient, name: str) -> None:
        assert error(anyone.get(f"/api/reference/{name}/"), 401)["code"] == "not_authenticated"

    @pytest.mark.parametrize("name", LISTS)
    def test_an_unknown_parameter_is_refused_by_name(self, as_sam: PrsClient, name: str) -> None:
        problems = error(as_sam.get(f"/api/reference/{name}/?colour=red"), 400)["errors"]
        assert [problem["field"] for problem in problems] == ["/colour"]

    @pytest.mark.parametrize("name", LISTS)
    def test_it_cannot_be_written(self, as_olga: PrsClient, name: str) -> None:
        error(as_olga.post(f"/api/reference/{name}/", {}), 405)

    def test_a_currency_says_its_decimals(self, as_sam: PrsClient) -> None:
        first = ok(as_sam.get("/api/reference/currencies/?page_size=1"))["results"][0]
        assert set(first) == {"code", "name", "symbol", "decimals"}

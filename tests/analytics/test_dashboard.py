"""Every tile equals an independent recomputation, for every scope, on random histories."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shared_apps.kernel.errors import PermissionRefused, ValidationFailed
from shared_apps.kernel.money import Money
from tenant_apps.accounts.models import User
from tenant_apps.analytics.periods import PeriodKind
from tenant_apps.analytics.selectors import Dashboard, dashboard
from tests.analytics import recomputed
from tests.analytics.histories import LAST, Company, make_history
from tests.client import PrsClient, error, ok

PATH = "/api/analytics/dashboard/"
TODAY = date(2026, 3, 31)
DAYS = (TODAY, date(2026, 3, 29), date(2026, 1, 7), date(2025, 12, 31))


def as_sums(amounts: Sequence[Money]) -> recomputed.Sums:
    return {money.currency: money.amount for money in amounts if money}


def check_tiles(shown: Dashboard, payees: frozenset[UUID] | None) -> None:
    """Compare every tile with its recomputation."""
    first, last = shown.booked.days.first, shown.booked.days.last
    assert as_sums(shown.booked.amounts) == recomputed.booked(first, last, payees)
    assert as_sums(shown.collected.amounts) == recomputed.collected(first, last, payees)
    waiting = shown.awaiting_verification.waiting
    assert as_sums([each.amount for each in waiting]) == recomputed.awaiting(payees, TODAY)
    assert sum(each.count for each in waiting) == recomputed.awaiting_count(payees)
    assert shown.commission is not None
    assert as_sums(shown.commission.amounts) == recomputed.commission(first, last, payees)


def check_months(shown: Dashboard, payees: frozenset[UUID] | None) -> None:
    """Compare every month with its recomputation."""
    assert shown.commission_by_month is not None
    for month in shown.commission_by_month.months:
        first = date.fromisoformat(f"{month.month}-01")
        assert as_sums(month.amounts) == recomputed.commission_of_month(first, payees)


@pytest.mark.parametrize("seed", range(3))
def test_every_tile_equals_its_recomputation(seed: int, company: Company, tim: User) -> None:
    make_history(company, seed=seed)
    team = frozenset({company.theo.pk, company.sam.pk, company.suki.pk, tim.pk})
    scopes = (
        (company.fay, None),
        (company.theo, team),
        (company.sam, frozenset({company.sam.pk})),
        (company.suki, frozenset({company.suki.pk})),
    )
    for viewer, payees in scopes:
        for period in PeriodKind:
            for day in DAYS if period is not PeriodKind.DAY else DAYS[:1]:
                check_tiles(dashboard(viewer=viewer, period=period, as_of=day, at=LAST), payees)
        check_months(dashboard(viewer=viewer, period=PeriodKind.YEAR, as_of=TODAY, at=LAST), payees)


@pytest.mark.parametrize("seed", range(3))
def test_every_tile_equals_its_recomputation_after_amendments(seed: int, company: Company) -> None:
    make_history(company, seed=seed, amendments=2)
    for viewer, payees in ((company.fay, None), (company.sam, frozenset({company.sam.pk}))):
        for day in DAYS:
            shown = dashboard(viewer=viewer, period=PeriodKind.MONTH, as_of=day, at=LAST)
            check_tiles(shown, payees)


def test_the_history_has_something_to_compare(company: Company) -> None:
    make_history(company, seed=1)
    shown = dashboard(viewer=company.fay, period=PeriodKind.YEAR, as_of=TODAY, at=LAST)
    assert shown.commission is not None
    for tile in (shown.booked, shown.collected, shown.commission):
        assert {money.currency for money in tile.amounts} == {"JPY", "USD"}, tile.measure
    assert shown.awaiting_verification.waiting


class TestDashboard:
    def test_names_measure_and_bounds_of_every_tile(self, as_sam: PrsClient) -> None:
        data = ok(as_sam.get(PATH, {"period": "quarter", "as_of": "2026-02-11"}))
        days = {"first": "2026-01-01", "last": "2026-02-11"}
        assert (data["scope"], data["period"], data["as_of"]) == ("own", "quarter", "2026-02-11")
        for tile in ("booked", "collected", "commission"):
            assert data[tile]["days"] == days
        assert data["booked"]["measure"] == "booked"
        assert data["collected"]["measure"] == "collected"
        assert data["commission"]["measure"] == "commission_accrued"
        by_month = data["commission_by_month"]
        assert by_month["days"] == {"first": "2025-03-01", "last": "2026-02-11"}
        assert [month["month"] for month in by_month["months"]][::11] == ["2025-03", "2026-02"]

    @pytest.mark.parametrize(("name", "scope"), [("theo", "team"), ("fay", "all")])
    def test_says_whose_figures_it_shows(
        self, name: str, scope: str, request: pytest.FixtureRequest
    ) -> None:
        client = request.getfixturevalue(f"as_{name}")
        assert ok(client.get(PATH))["scope"] == scope

    def test_shows_a_verifier_no_commission(self, as_vera: PrsClient) -> None:
        data = ok(as_vera.get(PATH))
        assert data["commission"] is None
        assert data["commission_by_month"] is None

    def test_is_refused_to_who_may_see_no_figures(self, as_tim: PrsClient, tim: User) -> None:
        assert error(as_tim.get(PATH), 403)["code"] == "permission_denied"
        with pytest.raises(PermissionRefused):
            dashboard(viewer=tim, period=PeriodKind.DAY, as_of=None, at=LAST)

    def test_knows_nothing_of_another_organizations_money(
        self, company: Company, as_mallory: PrsClient
    ) -> None:
        make_history(company, seed=1)
        data = ok(as_mallory.get(PATH, {"period": "year"}))
        assert data["booked"]["amounts"] == data["collected"]["amounts"] == []
        assert data["awaiting_verification"]["waiting"] == []

    def test_refuses_days_to_come(self, fay: User) -> None:
        with pytest.raises(ValidationFailed):
            dashboard(viewer=fay, period=PeriodKind.DAY, as_of=date(2026, 4, 1), at=LAST)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"period": "decade"}, "/period"),
            ({"as_of": "yesterday"}, "/as_of"),
            ({"as_of": "9999-12-31"}, "/as_of"),
            ({"for": "sam"}, "/for"),
        ],
    )
    def test_refuses_wrong_parameters_by_name(
        self, query: dict[str, Any], field: str, as_fay: PrsClient
    ) -> None:
        refused = error(as_fay.get(PATH, query), 400)
        assert [each["field"] for each in refused["errors"]] == [field]

    def test_costs_the_same_queries_with_any_amount_of_data(self, company: Company) -> None:
        make_history(company, seed=2)
        few = _queries(company.sam)
        make_history(company, seed=3)
        assert _queries(company.sam) == few


def _queries(viewer: User) -> int:
    with CaptureQueriesContext(connection) as captured:
        dashboard(viewer=viewer, period=PeriodKind.YEAR, as_of=TODAY, at=LAST)
    return len(captured)

"""What a row says: its ratio, whether its target is met, and whether the floor could meet it."""

import pytest

from benchmarks.harness import Samples
from benchmarks.rows import Row, Target, at_least, at_most, cost_row, growth_row, limit_row
from benchmarks.rows import speedup_row as speedup


def constant(**figures: float) -> Samples:
    return Samples({name.replace("_", " "): [figure] * 5 for name, figure in figures.items()})


class TestTarget:
    @pytest.mark.parametrize(
        ("target", "text"),
        [
            (at_least(10), ">= 10x"),
            (at_most(1.05), "<= 1.05x"),
            (at_most(0.5, "s"), "<= 0.5 s"),
            (Target(1, "extra statement"), "<= 1 extra statement"),
        ],
    )
    def test_reads_as_the_design_writes_it(self, target: Target, text: str) -> None:
        assert str(target) == text

    def test_includes_its_limit(self) -> None:
        assert at_least(10).is_met_by(10)
        assert not at_least(10).is_met_by(9.99)
        assert at_most(1.2).is_met_by(1.2)
        assert not at_most(1.2).is_met_by(1.21)


class TestSpeedup:
    def test_is_the_baseline_over_ours(self) -> None:
        row = speedup("x", constant(baseline=20, ours=1, floor=0.5), target=at_least(10))
        assert (row.ratio, row.is_met, row.is_met_by_floor) == (20, True, True)

    def test_tells_a_miss_that_the_floor_shares(self) -> None:
        row = speedup("x", constant(baseline=6, ours=1, floor=1.2), target=at_least(10))
        assert (row.is_met, row.is_met_by_floor) == (False, False)

    def test_tells_a_miss_that_is_ours_alone(self) -> None:
        row = speedup("x", constant(baseline=6, ours=1, floor=0.1), target=at_least(10))
        assert (row.is_met, row.is_met_by_floor) == (False, True)


class TestCost:
    def test_is_ours_over_the_baseline(self) -> None:
        row = cost_row("x", constant(baseline=10, ours=11, floor=2), target=at_most(1.05))
        assert row.ratio == pytest.approx(1.1)
        assert row.is_met is False

    def test_without_a_target_is_neither_met_nor_missed(self) -> None:
        row = cost_row("x", constant(baseline=10, ours=11, floor=2))
        assert (row.is_met, row.is_met_by_floor) == (None, None)


class TestLimit:
    def test_judges_our_own_figure_and_shows_the_speedup(self) -> None:
        row = limit_row("x", constant(baseline=700, ours=0.7, floor=0.01), target=at_most(0.5, "s"))
        assert row.ratio == pytest.approx(1000)
        assert (row.judged, row.is_met, row.is_met_by_floor) == (0.7, False, True)


class TestGrowth:
    def test_is_large_over_small_for_us_and_for_the_floor(self) -> None:
        samples = constant(small=2, large=3, floor_small=1, floor_large=1.4)
        row = growth_row("x", samples, target=at_most(1.3))
        assert (row.baseline, row.ours, row.ratio) == (2, 3, 1.5)
        assert row.floor_judged == pytest.approx(1.4)
        assert (row.is_met, row.is_met_by_floor) == (False, False)


class TestJson:
    def test_has_the_columns_that_the_design_names(self) -> None:
        row = speedup("x", constant(baseline=2, ours=0.123456), target=at_least(10))
        found = row.as_json()
        assert list(found)[:7] == ["case", "baseline", "ours", "floor", "ratio", "target", "met"]
        assert found["ours"] == 0.1235
        assert (found["floor"], found["target"], found["met"]) == (None, ">= 10x", True)

    def test_tells_a_missing_target_from_a_missed_one(self) -> None:
        row = Row(case="x", unit="s", ours=1, ratio=1, judged=1)
        assert (row.as_json()["target"], row.as_json()["met"]) == (None, None)

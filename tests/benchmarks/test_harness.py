"""The arithmetic of a run: turns, medians and ratios."""

import pytest

from benchmarks.harness import Samples, TooFewRounds, run_rounds, take_turns


class TestTakeTurns:
    def test_lets_everybody_begin_now_and_then(self) -> None:
        visits: list[str] = []

        def visit(name: str) -> float:
            visits.append(name)
            return 1.0

        take_turns(
            {"a": lambda: visit("a"), "b": lambda: visit("b"), "floor": lambda: visit("floor")},
            rounds=5,
            warm_up=1,
        )
        rounds = [
            "".join(name[0] for name in visits[start : start + 3]) for start in range(0, 18, 3)
        ]
        assert rounds == ["fab", "abf", "bfa", "fab", "abf", "bfa"]

    def test_throws_the_warm_up_away(self) -> None:
        figures = iter([100.0, 1.0, 2.0, 3.0, 4.0, 5.0])
        samples = take_turns({"a": lambda: next(figures)}, rounds=5, warm_up=1)
        assert samples.figures == {"a": [1.0, 2.0, 3.0, 4.0, 5.0]}
        assert samples.rounds == 5

    def test_refuses_a_median_of_four(self) -> None:
        with pytest.raises(TooFewRounds, match="4 rounds are too few"):
            take_turns({"a": lambda: 1.0}, rounds=4)

    def test_lets_a_failure_end_the_run(self) -> None:
        def fail() -> float:
            raise RuntimeError("broken")

        with pytest.raises(RuntimeError, match="broken"):
            take_turns({"a": fail})

    def test_keeps_whatever_the_contestants_return(self) -> None:
        words = iter("uvwxyz")
        assert run_rounds({"a": lambda: next(words)}, rounds=5) == {"a": list("vwxyz")}


class TestSamples:
    samples = Samples({"ours": [1.0, 2.0, 30.0], "baseline": [10.0, 10.0, 60.0]})

    def test_median_ignores_the_one_slow_round(self) -> None:
        assert self.samples.median("ours") == 2.0

    def test_ratio_compares_within_a_round(self) -> None:
        # 10, 5 and 2: a machine that slows down for both leaves it alone
        assert self.samples.ratio("baseline", to="ours") == 5.0

    def test_ratio_of_medians_compares_across_rounds(self) -> None:
        samples = Samples({"ours": [1.0, 2.0, 3.0], "baseline": [9.0, 3.0, 6.0]})
        assert samples.ratio("baseline", to="ours") == 2.0
        assert samples.ratio_of_medians("baseline", to="ours") == 3.0

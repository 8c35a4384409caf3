"""Provision one organization: replay against migrations, and against psql with the same script.

baseline: stock django-tenants, `create_schema`, which runs every migration in the new schema.
ours: `replay` of the blueprint, with the comparison of fingerprints and the ledger's row.
floor: `psql -1` with the blueprint's own statements. It starts a process and connects, as a
provisioning shell script would; it compares and records nothing.
All three work in databases with the same organizations beside them. Each round makes a schema and,
outside of the clock, drops it. A whole founding (rows, roles, policies, first owner) is shown too.
"""

import secrets
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg

from benchmarks.catalogs import count_relations, list_schemas
from benchmarks.contenders import BenchmarkBroken, Contender
from benchmarks.floors import Replayer, find_replayer, read_script
from benchmarks.ground import Ground
from benchmarks.harness import Samples, take_turns
from benchmarks.rows import Row, at_least, at_most, cost_row, growth_row, speedup_row
from benchmarks.running import script

QUICK, FULL = (10, 50), (10, 200, 1000)
ROUNDS = 7


def sizes(*, full: bool) -> tuple[int, ...]:
    """Return how many organizations are there already."""
    return FULL if full else QUICK


@dataclass(frozen=True)
class Site:
    """The contestants at one number of organizations."""

    ours: Contender
    stock: Contender
    replayer: Replayer
    script: str
    connection: psycopg.Connection[Any]
    relations: int
    numbers: Iterator[int]

    def contestants(self) -> dict[str, Callable[[], float]]:
        """Return each contestant's way to make one schema and to drop it afterwards."""
        return {
            "ours": lambda: self._build(self.ours, "tasks.build_ours"),
            "stock": lambda: self._build(self.stock, "tasks.build_stock"),
            "floor": self._replay,
            "founding": self._found,
        }

    def _build(self, contender: Contender, task: str) -> float:
        schema = new_schema()
        seconds = contender.time(task, schema=schema)
        self._check_and_drop(schema)
        return seconds

    def _replay(self) -> float:
        schema = new_schema()
        seconds = self.replayer.run(self.script, schema)
        self._check_and_drop(schema)
        return seconds

    def _check_and_drop(self, schema: str) -> None:
        found = count_relations(self.connection, schema)
        if found != self.relations:
            raise BenchmarkBroken(f"{schema} has {found} relations, not {self.relations}.")
        self.ours.call("tasks.drop", schema=schema)

    def _found(self) -> float:
        number = next(self.numbers)
        seconds = self.ours.time("tasks.found_ours", number=number)
        self.ours.call("tasks.erase", number=number)
        return seconds


def measure(ground: Ground, *, full: bool) -> list[Row]:
    """Measure at every size in turn, all of them within the same rounds."""
    with ExitStack() as stack:
        sites = {size: _site(ground, size, stack) for size in sizes(full=full)}
        samples = take_turns(
            {
                f"{name} {size}": contestant
                for size, site in sites.items()
                for name, contestant in site.contestants().items()
            },
            rounds=ROUNDS,
        )
        title = next(iter(sites.values())).replayer.title
    return [row for size in sites for row in _rows_at(size, samples, title)] + [
        _growth(min(sites), max(sites), samples)
    ]


def profile(ground: Ground, *, full: bool) -> str:
    """Return where the time of a replay goes, with the most organizations."""
    with ground.contender("settings_ours", ground.databases[max(sizes(full=full))]) as ours:
        schema = new_schema()
        found = ours.profile("tasks.build_ours", schema=schema)
        ours.call("tasks.drop", schema=schema)
    return found


def new_schema() -> str:
    """Return a name that an organization's schema may have, and none has."""
    return "t_" + b32encode(secrets.token_bytes(8)).decode().lower()[:12]


def _site(ground: Ground, size: int, stack: ExitStack) -> Site:
    database = ground.databases[size]
    ground.settle(database)
    ours = stack.enter_context(ground.contender("settings_ours", database))
    stock = stack.enter_context(ground.contender("settings_stock", database))
    connection = stack.enter_context(ground.connect(database))
    example = list_schemas(connection)[0]
    return Site(
        ours=ours,
        stock=stock,
        replayer=find_replayer(url=ground.url_of_owner(database), directory=ground.work),
        script=read_script(connection),
        connection=connection,
        relations=count_relations(connection, example),
        numbers=count(size),
    )


def _rows_at(size: int, samples: Samples, title: str) -> list[Row]:
    ours, floor = samples.figures[f"ours {size}"], samples.figures[f"floor {size}"]
    stock, founding = samples.figures[f"stock {size}"], samples.figures[f"founding {size}"]
    return [
        speedup_row(
            f"{size} organizations: against stock migrate",
            Samples({"baseline": stock, "ours": ours, "floor": floor}),
            target=at_least(10),
        ),
        cost_row(
            f"{size} organizations: against {title}",
            Samples({"baseline": floor, "ours": ours, "floor": floor}),
            target=at_most(1.2),
            note="baseline and floor are the same: the script alone",
        ),
        speedup_row(
            f"{size} organizations: whole founding against stock migrate",
            Samples({"baseline": stock, "ours": founding, "floor": floor}),
            note="rows, schema, roles, policies and first owner; stock makes the schema alone",
        ),
    ]


def _growth(small: int, large: int, samples: Samples) -> Row:
    return growth_row(
        f"from {small} to {large} organizations",
        Samples(
            {
                "small": samples.figures[f"ours {small}"],
                "large": samples.figures[f"ours {large}"],
                "floor small": samples.figures[f"floor {small}"],
                "floor large": samples.figures[f"floor {large}"],
            }
        ),
        target=at_most(1.3),
        note="baseline: ours with the fewest, ours and floor: with the most",
    )


if __name__ == "__main__":
    script("provisioning")

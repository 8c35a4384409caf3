"""One organization with many deals, as three worlds see it: ours, stock django-tenants and plain.

Ours and stock work on the same database. Plain Django has a database of its own with all tables in
one schema, and the very same rows: they are copied, with their ids. So one token opens all three,
and all three must give the same answer.
"""

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from benchmarks.contenders import BenchmarkBroken
from benchmarks.ground import Ground, write_json
from benchmarks.likeness import carry_rows, copy_rows
from benchmarks.load import Ask, ask_once, get
from benchmarks.statements import is_path_setting, logged
from benchmarks.web import Web, serving

SLUG = "org-0000"
LIST = "/api/business/deals/?status=open&page_size=20"


@dataclass(frozen=True)
class Access:
    """How an organization is asked: its host, a token of its owner, and its schema."""

    host: str
    token: str
    schema: str

    def ask(self, path: str = LIST) -> Ask:
        """Return a request for the path."""
        return get(path, host=self.host, token=self.token)


def read_access(ground: Ground, database: str) -> list[Access]:
    """Return access to every organization of a database, by slug."""
    with ground.contender("settings_ours", database) as ours:
        found = ours.call("world.sign_in_everywhere")
    return [Access(host, values["token"], values["schema"]) for host, values in found.items()]


def make_twins(ground: Ground, database: str, *, deals: int) -> None:
    """Give the only organization of a database so many more deals, then found one like it."""
    with (
        ground.contender("settings_ours", database) as ours,
        ground.connect(database) as connection,
    ):
        schema = ours.call("world.add_deals", slug=SLUG, deals=deals)
        twin = ours.call("world.found_bare", number=1)
        copy_rows(connection, source=schema, target=twin)
        connection.execute("VACUUM ANALYZE")


@dataclass(frozen=True)
class Plain:
    """Plain Django's database, and what its web process must be told."""

    database: str
    env: dict[str, str]


def make_plain(ground: Ground, database: str, access: Access) -> Plain:
    """Make plain Django's database from the rows of the first organization of another."""
    name = f"plain_of_{database}"
    ground.create_database(name)
    with ground.contender("settings_plain", name) as plain:
        plain.call("tasks.migrate_plain")
    with ground.connect(database) as source, ground.connect(name) as target:
        carry_rows(source, source=access.schema, to=target, target="public")
        target.execute("VACUUM ANALYZE")
    with ground.contender("settings_ours", database) as ours:
        values = ours.call("world.tenant_values", slug=SLUG)
    return Plain(name, {"BENCH_TENANT": json.dumps(values)})


def serving_plain(
    ground: Ground, plain: Plain, *, pooled: bool = True
) -> AbstractContextManager[Web]:
    """Serve the product's views by plain Django."""
    return serving(
        ground,
        plain.database,
        settings="settings_plain",
        application="benchmarks.asgi_plain:application",
        pooled=pooled,
        **plain.env,
    )


def serving_bare(
    ground: Ground, database: str, accesses: Sequence[Access]
) -> AbstractContextManager[Web]:
    """Serve one request's SQL by the bare application."""
    wanted = {
        "statements": _statements_of_request(ground, database, accesses[0]),
        "schemas": {access.host: access.schema for access in accesses},
    }
    return serving(
        ground,
        database,
        settings="settings_ours",
        application="benchmarks.asgi_bare:application",
        BENCH_STATEMENTS=str(write_json(ground.work / f"{database}.json", wanted)),
    )


def _statements_of_request(ground: Ground, database: str, access: Access) -> list[str]:
    with (
        logged(ground, database) as log,
        serving(ground, database, settings="settings_ours") as web,
    ):
        # the second request finds the host remembered and the connection open
        ask_once(access.ask(), port=web.port)
        sent = log.during(lambda: ask_once(access.ask(), port=web.port))
    return [statement for statement in sent if not is_path_setting(statement)]


def require_same_answer(answers: dict[str, bytes]) -> None:
    """Compare the answers of all worlds. Raises: BenchmarkBroken."""
    name, first = next(iter(answers.items()))
    for other, answer in answers.items():
        if _content(answer) != _content(first):
            raise BenchmarkBroken(f"{other} does not answer what {name} answers: {answer[:300]!r}")


def _content(answer: bytes) -> tuple[object, object]:
    data = json.loads(answer)["data"]
    return data["results"], data["pagination"]["count"]

"""What a thread does to the canaries: one function per edge, each noted in the tally.

Every function gets two organizations, starts without a context and says its own.
"""

import io
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, transaction

from shared_apps.tenancy.backend.base import CursorLeftItsTenant, SchemaSwitchRefused
from shared_apps.tenancy.backend.base import stock_django_tenants as stock_code
from shared_apps.tenancy.context import (
    NoTenant,
    Scope,
    Tenant,
    current_tenant,
    find_current_schema,
    on_commit,
    use_nothing,
    use_platform,
    use_tenant,
)
from shared_apps.tenancy.logs import add_tenant
from tests.isolation.coroutines import tasks_of_one_loop
from tests.isolation.management.commands.canary import Command
from tests.isolation.world import (
    FIRST_CONTENT_TYPE,
    PlannedFailure,
    fail_now_and_then,
    failing_transaction,
    numbers,
    read_canary,
    tally,
    write_canary,
)

Operation = Callable[[Tenant, Tenant], None]


def nested_contexts(one: Tenant, other: Tenant) -> None:
    """Read here, there and here again, with a failure in between."""
    with use_tenant(one):
        seen = [read_canary()]
        try:
            with use_tenant(other):
                seen.append(read_canary())
                write_canary(other.slug)
                fail_now_and_then(0.3)
        except PlannedFailure:
            pass
        seen.append(read_canary())
    tally.note("nested", right=seen == [one.slug, other.slug, one.slug])


def failing_contexts(one: Tenant, other: Tenant) -> None:
    """Leave four contexts of all kinds by one exception, back to where it is caught."""
    with use_tenant(one):
        try:
            with use_platform(), use_tenant(other), use_nothing(), use_tenant(other):
                write_canary(other.slug)
                fail_now_and_then(1.0)
        except PlannedFailure:
            found = find_current_schema()
        seen = read_canary() if found is not None else None
    outside = find_current_schema()
    right = (found, seen, outside) == (one.schema, one.slug, None)
    tally.note("exception", right=right)


def rolled_back_path(one: Tenant, other: Tenant) -> None:
    """Switch inside a transaction and a savepoint that are rolled back."""
    with use_tenant(one):
        with failing_transaction(fails=True):
            read_canary()
            with failing_transaction(fails=True), use_tenant(other):
                read_canary()
            inside = read_canary()
        after = read_canary()
    tally.note("rollback", right=inside == after == one.slug)


def cut_statement(one: Tenant, other: Tenant) -> None:
    """Let the server cut a statement off, in a transaction begun elsewhere."""
    with use_tenant(one):
        read_canary()
        try:
            with transaction.atomic(), use_tenant(other), connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 1")
                cursor.execute("SELECT pg_sleep(1) FROM canary")
        except OperationalError:
            pass
        seen = read_canary()
    tally.note("timeout", right=seen == one.slug)


def hook_after_commit(one: Tenant, other: Tenant) -> None:
    """Register hooks under one organization and commit under another."""
    seen: dict[str, str] = {}

    def look(name: str) -> None:
        seen[name] = read_canary()

    with use_tenant(other), transaction.atomic(), use_tenant(one):
        on_commit(lambda: look("ours"))
        transaction.on_commit(lambda: look("stock"))
    tally.note("on_commit", right=seen == {"ours": one.slug, "stock": one.slug})


def nested_hooks(one: Tenant, other: Tenant) -> None:
    """Register hooks in nested contexts and savepoints: one is undone, one fails, two run."""
    seen: list[str] = []

    def look() -> None:
        seen.append(read_canary())

    def fail() -> None:
        read_canary()
        raise PlannedFailure

    with use_tenant(one), transaction.atomic():
        on_commit(look)
        with use_tenant(other), failing_transaction(fails=True):
            on_commit(look)
        with use_tenant(other), transaction.atomic():
            on_commit(fail, robust=True)
            on_commit(look)
        after = read_canary()
    tally.note("on_commit", right=(seen, after) == ([one.slug, other.slug], one.slug))


def cached_value(one: Tenant, other: Tenant) -> None:
    """Use one cache key in two organizations."""
    for owner in (one, other):
        with use_tenant(owner):
            caches["tenant"].set("canary", owner.slug, 60)
    with use_tenant(one):
        tally.note("cache", right=caches["tenant"].get("canary") == one.slug)


def cached_many(one: Tenant, other: Tenant) -> None:
    """Count, add and read several keys at once: what the other did is not seen."""
    key = f"many-{next(numbers)}"
    with use_tenant(other):
        caches["tenant"].set_many({key: 7, f"{key}-b": 7}, 60)
    with use_tenant(one):
        cache = caches["tenant"]
        added, counted = cache.add(key, 1, 60), cache.incr(key)
        found = cache.get_many([key, f"{key}-b"])
    right = (bool(added), counted, found) == (True, 2, {key: 2})
    tally.note("cache", right=right)


def stored_file(one: Tenant, other: Tenant) -> None:
    """Write a file in one organization and look for it in the other."""
    with use_tenant(one):
        name = default_storage.save(f"canary-{next(numbers)}.txt", ContentFile(one.slug.encode()))
        with default_storage.open(name) as stored:
            own = stored.read().decode()
    with use_tenant(other):
        leaked = default_storage.exists(name)
    with use_tenant(one):
        default_storage.delete(name)
    tally.note("file", right=own == one.slug and not leaked)


def held_cursor(one: Tenant, other: Tenant) -> None:
    """A cursor opened for one organization refuses to serve another."""
    with use_tenant(one), connection.cursor() as cursor:
        try:
            with use_tenant(other):
                cursor.execute("SELECT owner FROM canary")
            right = False
        except CursorLeftItsTenant:
            right = current_tenant() == one
    tally.note("cursor", right=right)


def cursor_held_over_work(one: Tenant, other: Tenant) -> None:
    """A cursor serves its organization again after work for another on the same connection."""
    with use_tenant(one), connection.cursor() as cursor:
        with use_tenant(other):
            theirs = read_canary()
        cursor.execute("SELECT owner FROM canary LIMIT 1")
        own = str(cursor.fetchone()[0])
    tally.note("cursor", right=(own, theirs) == (one.slug, other.slug))


def thread_of_its_own(one: Tenant, _other: Tenant) -> None:
    """A thread starts with no organization; one that is handed a scope has that one."""
    seen: list[object] = []

    def look() -> None:
        try:
            seen.append(read_canary())
        except Exception as error:  # noqa: BLE001  what it fails with is the question
            seen.append(type(error))
        finally:
            connection.close()

    with use_tenant(one):
        for work in (look, Scope().bind(look)):
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
    tally.note("thread", right=seen == [NoTenant, one.slug])


def nobody_at_work(one: Tenant, _other: Tenant) -> None:
    """After an organization's work is done, a query, a key and a file fail closed."""
    refused = 0
    with use_tenant(one):
        read_canary()
    for touch in (read_canary, lambda: caches["tenant"].get("canary"), _list_files):
        try:
            touch()
        except NoTenant:
            refused += 1
    tally.note("nobody", right=refused == 3)


def _list_files() -> Any:
    return default_storage.exists("canary.txt")


def missing_table(one: Tenant, _other: Tenant) -> None:
    """A table that only public has is an error, not public's table."""
    with use_tenant(one):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT owner FROM only_public")
            right = False
        except ProgrammingError:
            right = True
    tally.note("public", right=right)


def content_type(one: Tenant, other: Tenant) -> None:
    """The content type of one model has each organization's own id."""
    ids = {}
    for owner in (one, other):
        with use_tenant(owner):
            ids[owner.slug] = ContentType.objects.get_for_model(ContentType).pk
    right = all(0 <= pk - FIRST_CONTENT_TYPE[slug] < 1000 for slug, pk in ids.items())
    tally.note("content type", right=right)


def parked_schema(one: Tenant, other: Tenant) -> None:
    """Nobody parks a schema on the connection; stock code that may is cleaned up after."""
    database: Any = connection
    with use_tenant(one):
        try:
            database.set_schema(other.schema)
            refused = False
        except SchemaSwitchRefused:
            refused = True
        with stock_code():
            database.set_schema(other.schema)
            inside = read_canary()
        after = read_canary() if find_current_schema() else None
    tally.note("stock", right=(refused, inside, after) == (True, other.slug, one.slug))


def log_line(one: Tenant, other: Tenant) -> None:
    """A line of the log names the schema at work when it was written."""
    named = []
    for owner in (one, other):
        with use_tenant(owner):
            named.append(add_tenant(None, "info", {})["tenant"])
    tally.note("log", right=named == [one.schema, other.schema])


def command_at_work(one: Tenant, other: Tenant) -> None:
    """Run a command for one organization in the middle of another's work; now and then it fails."""
    fails = next(numbers) % 4 == 0
    out = io.StringIO()
    with use_tenant(other):
        with suppress(PlannedFailure):
            call_command(Command(stdout=out), organization=one.slug, fail=fails)
        after = read_canary() if find_current_schema() else None
    expected = "" if fails else one.slug
    tally.note("command", right=(out.getvalue().strip(), after) == (expected, other.slug))


IN_THREADS: tuple[Operation, ...] = (
    nested_contexts,
    failing_contexts,
    rolled_back_path,
    cut_statement,
    hook_after_commit,
    nested_hooks,
    cached_value,
    cached_many,
    stored_file,
    held_cursor,
    cursor_held_over_work,
    thread_of_its_own,
    nobody_at_work,
    missing_table,
    content_type,
    parked_schema,
    log_line,
    command_at_work,
    tasks_of_one_loop,
)

"""What is left to do for a schema, worked out once for all schemas with the same history."""

from collections.abc import Callable, Sequence
from threading import RLock
from typing import Any

from django.apps import apps
from django.core.management.sql import emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.signals import post_migrate

from shared_apps.tenancy.runner.operations import list_apps_with_other_models

# Migrations that share a transaction must not leave checks to its end: ALTER TABLE refuses then.
_SETTLE = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"

_DIGEST = """
SELECT md5(coalesce(string_agg(app || '.' || name, ',' ORDER BY app COLLATE "C", name COLLATE "C"),
                    '')) FROM django_migrations
"""

# Django renders models while it migrates and lends them to migrations: one thread at a time.
_one_at_a_time = RLock()


def _do_nothing() -> None:
    return


def read_history() -> str:
    """Return a digest of the migrations that the schema at work has; without any, the empty one's.

    Equal digests mean equal histories.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return ""
        cursor.execute(_DIGEST)
        return str(cursor.fetchone()[0])


class Plan:
    """The migrations that one history lacks. Each method runs in a schema with that history."""

    def __init__(self) -> None:
        """Read the history of the schema at work. Raises: InconsistentMigrationHistory."""
        self._executor = MigrationExecutor(connection)
        self._loader = self._executor.loader
        self._loader.check_consistent_history(connection)
        self._leaves = self._loader.graph.leaf_nodes()
        self._steps = self._executor.migration_plan(self._leaves)
        self._state = self._executor._create_project_state(  # type: ignore[attr-defined]  # noqa: SLF001  as Django's command does; not in the stubs
            with_applied_migrations=True
        )
        self._changed = list_apps_with_other_models(self.migrations)
        self._is_announced = not self._steps
        written = MigrationRecorder(connection).applied_migrations()
        self._lacks_squashed = any(
            key in self._loader.applied_migrations and key not in written
            for key in self._loader.replacements
        )

    @property
    def migrations(self) -> Sequence[Migration]:
        """Return the migrations in the order in which they run."""
        return [migration for migration, _ in self._steps]

    @property
    def is_done(self) -> bool:
        """Return whether there is nothing left, not even a squashed migration to be noted."""
        return not self._steps and not self._lacks_squashed

    @property
    def is_atomic(self) -> bool:
        """Return whether one transaction can hold all of it."""
        return all(migration.atomic for migration in self.migrations)

    def run_by_django(
        self, through: Any = connection, *, after_each: Callable[[], None] = _do_nothing
    ) -> None:
        """Run the migrations by Django's executor, each model rendered anew for this schema.

        Models of migrations remember rows, content types for instance: no two schemas share them.
        `after_each` is called after each migration. Raises: what a migration raises.
        """
        with _one_at_a_time:
            self._announce()
            executor = self._executor
            executor.connection = through
            # it remembers whether the table of histories is there, in whichever schema
            executor.recorder = MigrationRecorder(through)
            executor.progress_callback = _Progress(through, after_each)
            executor.migrate(self._leaves, plan=list(self._steps), state=self._state.clone())

    def tell_apps(self) -> None:
        """Let Django make the rows that belong to new models: content types and permissions."""
        for label in self._changed:
            config = apps.get_app_config(label)
            if config.models_module is not None:
                post_migrate.send(
                    sender=config,
                    app_config=config,
                    verbosity=0,
                    interactive=False,
                    using=DEFAULT_DB_ALIAS,
                    apps=apps,
                    plan=list(self._steps),
                )

    def collect(self) -> list[str]:
        """Return the SQL as Django words it beforehand; nothing is executed."""
        with _one_at_a_time:
            return [str(line) for line in self._loader.collect_sql(list(self._steps))]

    def _announce(self) -> None:
        """Let Django's apps add to the plan, once: renamed models rename their content types."""
        if self._is_announced:
            return
        emit_pre_migrate_signal(
            verbosity=0,
            interactive=False,
            db=DEFAULT_DB_ALIAS,
            apps=self._state.clone().apps,
            plan=list(self._steps),
        )
        self._is_announced = True


class _Progress:
    """Django's progress_callback."""

    def __init__(self, through: Any, after_each: Callable[[], None]) -> None:
        self._through, self._after_each = through, after_each

    def __call__(self, action: str, *_details: object) -> None:
        if action != "apply_success":
            return
        if self._through.in_atomic_block:
            with self._through.schema_editor() as editor:
                editor.execute(_SETTLE)
        self._after_each()

"""Write down what Django does to one schema, so that it can be said to the others as it stands."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.postgresql.schema import DatabaseSchemaEditor

# what surrounds statements, and the history, which the runner writes itself
_OF_DJANGO = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
_HISTORY = '"django_migrations"'


@dataclass
class Recording:
    """The statements of schema editors, and what else was asked while one was at work.

    Whatever was asked decided what was said: such statements hold for this one schema.
    """

    statements: list[str] = field(default_factory=list)
    lookups: list[str] = field(default_factory=list)
    editors: int = 0
    is_speaking: bool = False

    def note(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        """Watch a statement pass: Django's execute_wrapper."""
        if self.editors and not self.is_speaking and not _is_bookkeeping(str(sql)):
            self.lookups.append(str(sql))
        return execute(sql, params, many, context)

    def say(self, sql: str) -> None:
        """Write down a statement."""
        self.statements.append(sql.rstrip().rstrip(";"))


class RecordingConnection:
    """The thread's connection, but its schema editors write down what they say."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def __getattr__(self, name: str) -> Any:
        return getattr(connection, name)

    def schema_editor(self, *args: Any, **kwargs: Any) -> "_RecordingEditor":
        """Return an editor that executes and writes down."""
        return _RecordingEditor(self._recording, connection, *args, **kwargs)


@contextmanager
def recording() -> Iterator[tuple[Recording, RecordingConnection]]:
    """Record what is done by the connection that is handed out."""
    found = Recording()
    with connection.execute_wrapper(found.note):
        yield found, RecordingConnection(found)


class _RecordingEditor(DatabaseSchemaEditor):
    def __init__(self, recording: Recording, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._recording = recording

    def __enter__(self) -> "_RecordingEditor":
        super().__enter__()
        self._recording.editors += 1
        return self

    def __exit__(self, *exception: Any) -> None:
        try:
            super().__exit__(*exception)
        finally:
            self._recording.editors -= 1

    def execute(self, sql: Any, params: Any = ()) -> None:
        """Execute, and write the statement down as it went out."""
        said = str(sql)
        if params is not None:
            said, params = self.connection.ops.compose_sql(said, params), None
        self._recording.is_speaking = True
        try:
            super().execute(said, params)
        finally:
            self._recording.is_speaking = False
        self._recording.say(said)


def _is_bookkeeping(sql: str) -> bool:
    return sql.startswith(_OF_DJANGO) or _HISTORY in sql

"""Behind a pooler that lends a server session for one transaction only (PgBouncer).

Whatever is set for a session there is set for strangers. So the search path travels with the
statement: both are one message, which PostgreSQL runs as one transaction, or the transaction that
is open. Nothing has to be opened by hand, and no round trip is added.
"""

import re
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.pq.abc import PGconn

TRANSACTION = "transaction"

# A pooler that lends per transaction hands the session just given back to whoever comes next.
_TRIES = 8
_PATIENCE_S = 3

# State of a session: the next transaction would find it gone, and another client would find it.
_BEGINNING = r"^(?:\s|--[^\n]*\n|/\*.*?\*/)*"
_SESSION_WIDE = re.compile(
    rf"{_BEGINNING}(?:(?:UN)?LISTEN|PREPARE|DISCARD|DECLARE|CREATE\s+(?:LOCAL\s+|GLOBAL\s+)?TEMP"
    r"|(?:RE)?SET\s+(?!LOCAL|TRANSACTION|CONSTRAINTS))"
    r"|\bpg_(?:try_)?advisory_lock|\bset_config\s*\([^()]*,\s*(?:'?(?:false|f|off|no|0)'?)\s*\)",
    re.IGNORECASE | re.DOTALL,
)
# It may take a path back that was set since the savepoint.
_ROLLBACK = re.compile(rf"{_BEGINNING}ROLLBACK\b", re.IGNORECASE | re.DOTALL)


class SessionStateRefused(RuntimeError):
    """A statement needs a session of its own, and behind this pooler nobody has one."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}: with TENANCY_POOLING=transaction there is no session to keep this in; "
            "work as_owner(), which connects directly."
        )


def is_pooled() -> bool:
    """Return whether the application's connections may change servers between transactions."""
    return bool(settings.TENANCY_POOLING == TRANSACTION)


class Preface:
    """What goes before the next statement of one connection, so that it finds its schema."""

    def __init__(self) -> None:
        self._path = ""

    def forget(self) -> None:
        """Forget the path: its transaction has ended, or a savepoint may have taken it back."""
        self._path = ""

    def settings_for(self, status: TransactionStatus, path: str) -> dict[str, str]:
        """Return what to set first: nothing inside a transaction that has this path already."""
        if status == TransactionStatus.INERROR:
            return {}
        if status == TransactionStatus.INTRANS:
            return {} if self._path == path else {"search_path": path}
        return {
            "search_path": path,
            **{name: str(limit) for name, limit in settings.TENANCY_LIMITS.items()},
        }

    def note(self, path: str) -> None:
        """Note the path that the open transaction has now."""
        self._path = path


class PooledExecution:
    """Mixed into a cursor: each statement brings its settings along."""

    cursor: Any
    db: Any

    def _execute(self, statement: Any, params: Any, *ignored: Any) -> Any:
        said = _text(statement)
        refuse_session_state(said)
        path = self.db.path
        first = self.db.preface.settings_for(self._status(), path)
        words = "".join(f"SET LOCAL {name} = {value}; " for name, value in first.items())
        result = super()._execute(_joined(words, statement), params, *ignored)  # type: ignore[misc]  # CursorWrapper's
        for _ in first:
            self.cursor.nextset()  # past the answers to what was set
        is_open = self._status() == TransactionStatus.INTRANS
        self.db.preface.note(path if is_open and not _ROLLBACK.match(said) else "")
        return result

    def _executemany(self, statement: Any, param_list: Any, *ignored: Any) -> Any:
        """Settle the path by a statement of its own, in a transaction: many go in a pipeline."""
        if not self.db.in_atomic_block:
            raise SessionStateRefused("executemany() outside of a transaction")
        self._execute("SELECT 1", None)
        return super()._executemany(statement, param_list, *ignored)  # type: ignore[misc]  # same

    def copy(self, *_arguments: Any, **_options: Any) -> Any:
        """Refuse: COPY goes past what brings the path along."""
        raise SessionStateRefused("copy()")

    def stream(self, *_arguments: Any, **_options: Any) -> Any:
        """Refuse: it goes past what brings the path along."""
        raise SessionStateRefused("stream()")

    def callproc(self, *_arguments: Any, **_options: Any) -> Any:
        """Refuse: it goes past what brings the path along."""
        raise SessionStateRefused("callproc()")

    def _status(self) -> TransactionStatus:
        return TransactionStatus(self.db.connection.pgconn.transaction_status)


def refuse_session_state(statement: str) -> None:
    """Do nothing for statements that leave no state behind. Raises: SessionStateRefused."""
    if _SESSION_WIDE.search(statement):
        raise SessionStateRefused(statement.strip()[:60])


def _text(statement: Any) -> str:
    return statement.as_string(None) if isinstance(statement, sql.Composable) else str(statement)


def _joined(words: str, statement: Any) -> Any:
    if isinstance(statement, sql.Composable):
        return sql.SQL(words) + statement
    return f"{words}{statement}"


# --- Is there a pooler that nobody announced? -----------------------------------------------------

Connect = Callable[[], psycopg.Connection[Any]]

_NOT_ANNOUNCED = (
    "{} is a pooler that lends sessions per transaction: set TENANCY_POOLING=transaction, and let "
    "DATABASE_OWNER_URL go to PostgreSQL directly."
)

_known_good: set[str] = set()


def look_for_pooler() -> None:
    """Refuse to start behind a transaction pooler that the settings do not announce.

    Does nothing when the database is away. Raises: ImproperlyConfigured.
    """
    wrapper = connections[DEFAULT_DB_ALIAS]
    if is_pooled():
        return
    connect = _connect_by(wrapper.get_connection_params(), connect_timeout=_PATIENCE_S)
    try:
        with connect() as session:
            refuse_pooler(session.pgconn, connect)
    except psycopg.OperationalError as error:
        if "startup parameter" in str(error):  # PgBouncer takes no settings of a session
            raise ImproperlyConfigured(_NOT_ANNOUNCED.format("DATABASE_URL")) from error


def refuse_pooler_behind(session: psycopg.Connection[Any], conn_params: dict[str, Any]) -> None:
    """Refuse a new session that a transaction pooler has lent; once for each address."""
    refuse_pooler(session.pgconn, _connect_by(conn_params))


def refuse_pooler(pgconn: PGconn, connect: Connect) -> None:
    """Do nothing when the session is the server's own. Raises: ImproperlyConfigured.

    A pooler answers for the server, so it cannot know the number of the server's process.
    """
    address = f"{pgconn.host.decode()}:{pgconn.port.decode()}"
    if address in _known_good:
        return
    is_direct = pgconn.backend_pid == _process_of(pgconn)
    if not is_direct and _changes_servers(connect):
        raise ImproperlyConfigured(_NOT_ANNOUNCED.format(address))
    _known_good.add(address)


def _connect_by(conn_params: dict[str, Any], **more: Any) -> Connect:
    return lambda: psycopg.connect(**{**conn_params, "autocommit": True, **more})


def _changes_servers(connect: Connect) -> bool:
    """Return whether one client's session changes hands while another one's transaction runs."""
    with connect() as idle, connect() as busy:
        return any(_meet(idle, busy) for _ in range(_TRIES))


def _meet(idle: psycopg.Connection[Any], busy: psycopg.Connection[Any]) -> bool:
    before = _process_of(idle.pgconn)
    busy.execute("BEGIN")
    try:
        return before == _process_of(busy.pgconn) or _process_of(idle.pgconn) != before
    finally:
        busy.execute("ROLLBACK")


def _process_of(pgconn: PGconn) -> int:
    value = pgconn.exec_(b"SELECT pg_backend_pid()").get_value(0, 0)
    return int(value or 0)

"""What the database refused, as the sender should hear of it."""

import structlog
from django.db import DataError, IntegrityError
from psycopg import errors as pg

from shared_apps.kernel.errors import DomainError, FieldProblem, ValidationFailed
from shared_apps.web.errors import Busy, Conflict, InternalError, Unavailable

_SOMEBODY_ELSE = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure)
_TRY_LATER = (
    pg.QueryCanceled,
    pg.TooManyConnections,
    pg.AdminShutdown,
    pg.CrashShutdown,
    pg.CannotConnectNow,
    pg.ReadOnlySqlTransaction,
    pg.DiskFull,
    pg.InterfaceError,
)

log = structlog.get_logger(__name__)


def database_refusal(error: Exception) -> DomainError:
    """Return the refusal for an error of the database.

    Another's lock is 409 and worth a retry, another's row 409, an impossible value 400, a database
    that does not answer 503. A statement that is wrong in itself is our fault: 500.
    """
    cause = error.__cause__
    if isinstance(cause, _SOMEBODY_ELSE):
        return Busy(headers={"Retry-After": "1"})
    if isinstance(error, IntegrityError):
        log.warning("constraint_refused", constraint=_constraint_of(cause), error=str(error))
        return Conflict()
    if isinstance(error, DataError):
        log.warning("value_refused_by_database", error=str(error))
        return ValidationFailed(
            problems=[FieldProblem("", "out_of_range", "A value is out of the database's range.")]
        )
    if _is_unreachable(cause):
        log.error("database_unavailable", error=str(error))
        return Unavailable(headers={"Retry-After": "5"})
    return InternalError()


def _is_unreachable(cause: BaseException | None) -> bool:
    if isinstance(cause, _TRY_LATER):
        return True
    return isinstance(cause, pg.OperationalError) and cause.sqlstate in (None, "08006", "08003")


def _constraint_of(cause: BaseException | None) -> str | None:
    return cause.diag.constraint_name if isinstance(cause, pg.Error) else None

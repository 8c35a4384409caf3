"""Human codes (CL-0001) from locked counter rows."""

from django.db import connection, transaction

# one statement makes the first row and raises every later one: first use needs no lock of its own
_RAISE = """
    INSERT INTO documents_codecounter AS counter (prefix, last_number) VALUES (%s, %s)
    ON CONFLICT (prefix) DO UPDATE SET last_number = counter.last_number + EXCLUDED.last_number
    RETURNING last_number
"""


def next_code(prefix: str) -> str:
    """Return the next code of the prefix: "CL" -> "CL-0001"; four digits at least, then growing.

    Locks the prefix's counter row until the caller's transaction ends, so committed codes have no
    gap. Take it last, after every other lock.
    Raises: TransactionManagementError outside a transaction.
    """
    return next_codes(prefix, count=1)[0]


def next_codes(prefix: str, *, count: int) -> list[str]:
    """Return the next `count` codes of the prefix in order; see next_code.

    Raises: TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A code is taken inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [prefix, count])
        last: int = cursor.fetchone()[0]
    return [f"{prefix}-{number:04d}" for number in range(last - count + 1, last + 1)]

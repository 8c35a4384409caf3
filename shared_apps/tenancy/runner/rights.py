"""The application's rights after a plan: worked out for one schema, repeated for those like it."""

from threading import Lock
from typing import Any

from django.db import connection

from shared_apps.tenancy.rights.grants import apply_grants

_SAYS_RIGHTS = ("GRANT", "REVOKE")


class RightsOfPlan:
    """What a plan grants. Schemas that the ledger had at one plan before had the same rights then.

    Reading the rights of all tables takes longer than most migrations. So the first schema with a
    past is compared with what the models declare, and what that led to is said to the others.
    """

    def __init__(self) -> None:
        self._by_past: dict[str, str | None] = {}
        self._working_out = Lock()

    def bring(self, schema: str, *, past: str) -> None:
        """Give the application its rights on the schema at work. Runs in a transaction.

        `past` is the plan that the ledger had it at; nothing is known of a schema without one.
        """
        text = self._find(schema, past) if past else None
        if text is None:
            apply_grants(schema)
        elif text:
            with connection.cursor() as cursor:
                cursor.execute(text)

    def _find(self, schema: str, past: str) -> str | None:
        """Return what to say; None when it must be worked out for each schema."""
        with self._working_out:
            if past not in self._by_past:
                self._by_past[past] = _work_out(schema)
            return self._by_past[past]


def _work_out(schema: str) -> str | None:
    """Give the application its rights; return the statements that did it, or None."""
    said: list[str] = []

    def note(execute: Any, statement: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        text = statement if isinstance(statement, str) else statement.as_string(None)
        if text.startswith(_SAYS_RIGHTS):
            said.append(text)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        apply_grants(schema)
    text = ";\n".join(said)
    return None if schema in text else text

"""What may become of a table's rows once they are written."""

from dataclasses import dataclass

EVERY_FIELD = ("*",)


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What the application's database role may do with a model's rows, beside reading them.

    Each model declares it as `rights`; the database enforces it. `update` names the fields that may
    change after the row was written, or is EVERY_FIELD. Rows that nothing may change or remove are
    `APPEND_ONLY`.
    """

    insert: bool = True
    update: tuple[str, ...] = ()
    delete: bool = False

    @property
    def is_append_only(self) -> bool:
        """Return whether rows stay as they were written."""
        return not self.update and not self.delete


APPEND_ONLY = Rights()
# written by the role that owns the tables alone
READ_ONLY = Rights(insert=False)
# master data: changed and archived, never removed
KEPT = Rights(update=EVERY_FIELD)
FREE = Rights(update=EVERY_FIELD, delete=True)

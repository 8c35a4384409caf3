"""Migrations of all organizations' schemas: who is behind, and how they catch up.

`run` hands out turns to a `crew` of threads. A turn (`turns`) claims a schema's row in the ledger,
migrates it and writes it down, in one transaction. `plans` knows what a history lacks, `scripts`
says it as text where every schema is told the same. `audit` reads the truth from the schemas.
"""

from shared_apps.tenancy.runner.audit import Findings, audit_ledger
from shared_apps.tenancy.runner.preview import Preview, preview
from shared_apps.tenancy.runner.run import (
    Report,
    Wishes,
    list_schemas_behind,
    migrate_schemas,
)
from shared_apps.tenancy.runner.turns import Limits, Outcome

__all__ = [
    "Findings",
    "Limits",
    "Outcome",
    "Preview",
    "Report",
    "Wishes",
    "audit_ledger",
    "list_schemas_behind",
    "migrate_schemas",
    "preview",
]

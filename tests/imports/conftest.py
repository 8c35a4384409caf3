"""An export, and the command that imports it."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from shared_apps.tenancy.context import Tenant
from tests.imports.exports import Export

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Return a small export."""
    return Export(tmp_path)


@pytest.fixture
def run(export: Export, acme: Tenant, cast: None, db: None) -> Run:
    """Run the import into acme; return its report and exit status."""

    def run_import(**options: Any) -> dict[str, Any]:
        out, status = StringIO(), 0
        given = {"organization": "acme", "json": True, **export.options, **options}
        try:
            call_command("import_pipeline", stdout=out, **given)
        except CommandError as error:
            status = error.returncode
            if not out.getvalue():
                return {"status": status, "message": str(error)}
        return {"status": status, **json.loads(out.getvalue())}

    return run_import

"""What the tests of the product tell `make isolation`: one JSON line each, in a file it names."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

VARIABLE = "ISOLATION_REPORT"


def report(
    *, operations: int = 0, wrong: int = 0, caught: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Tell what was asked and found; nothing happens where nobody listens."""
    path = os.environ.get(VARIABLE)
    if path:
        line = {"operations": operations, "wrong": wrong, "caught": dict(caught or {})}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def reports_in(path: Path) -> list[dict[str, Any]]:
    """Return what the tests have told."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]

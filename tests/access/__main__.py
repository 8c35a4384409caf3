"""`make access`: the role matrix over real requests, and every credential where it is foreign.

Every role asks every endpoint for the object of every place, and every kind of credential of one
organization is brought to another one and to the platform. Ends `access: ok (N cells, M replays
refused)` with exit status 0, or `access: failed (why)` with 1.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tests.servers  # noqa: F401  starts servers when none are named
from tests.access.reporting import VARIABLE, totals_of

TESTS = (
    "tests/access/test_replays.py",
    "tests/access/test_credential_kinds.py",
    "tests/access/test_cell_tables.py",
    "tests/cells/test_over_http.py",
)
SHOWN = 6000


def main() -> int:
    """Run both parts and say how it went."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", *TESTS],
            env={**os.environ, VARIABLE: str(path)},
            capture_output=True,
            text=True,
            check=False,
        )
        cells, replays = totals_of(path)
    if ended.returncode or not (cells and replays):
        print(ended.stdout[-SHOWN:])
        print(f"access: failed ({ended.stdout.strip().splitlines()[-1]})")
        return 1
    print(f"access: ok ({cells} cells, {replays} replays refused)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

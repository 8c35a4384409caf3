"""The tenants stay apart under mixed traffic, and the traffic notices when a guard is missing."""

import re
import subprocess
import sys

import pytest

OPERATIONS = 10_000
FEWEST_DEFECTS = 20


@pytest.mark.timeout(600)
def test_ten_thousand_mixed_operations_are_right_and_every_missing_guard_is_noticed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.isolation", "--operations", str(OPERATIONS), "--defects"],
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    closing = re.compile(
        r"isolation: ok \((\d+) operations, 0 wrong, (\d+) of (\d+) defects caught\)"
    )
    found = closing.fullmatch(run.stdout.splitlines()[-1])
    assert found, run.stdout
    operations, caught, planted = (int(figure) for figure in found.groups())
    assert operations >= OPERATIONS
    assert caught == planted >= FEWEST_DEFECTS

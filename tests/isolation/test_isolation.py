"""The tenants stay apart under mixed traffic, and the traffic notices when a guard is missing."""

import os
import subprocess
import sys

import pytest

OPERATIONS = 10_000


@pytest.mark.timeout(600)
def test_ten_thousand_mixed_operations_are_right_and_every_missing_guard_is_noticed() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.isolation", "--operations", str(OPERATIONS), "--defects"],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-3000:]
    assert ", 0 wrong" in run.stdout

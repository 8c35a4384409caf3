"""`make test-browser` and `make screenshots`: the portal in the system's Chromium.

`python -m tests.browser` runs the tests and ends with one line; `--install` installs Chromium
where it may and does no more; `--screenshots FOLDER` takes a picture of every screen instead.
"""

import argparse
import os
import re
import subprocess
import sys
import time

from config.env import ConfigurationError
from tests.browser.chromium import WHY_NOT, find_chromium, install_chromium
from tests.checks import CHECKOUT, servers

_PASSED = re.compile(r"\d+ passed")


def main() -> int:
    """Run what was asked for; without a browser say so, and be content."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("--install", action="store_true", help="install Chromium where it may")
    parser.add_argument("--screenshots", metavar="FOLDER", help="take pictures into this folder")
    options = parser.parse_args()
    if options.install:
        return _install()
    if find_chromium() is None:
        print(f"browser: skipped ({WHY_NOT})")
        return 0
    try:
        with servers():
            return _run(options.screenshots)
    except ConfigurationError as error:
        print(f"browser: failed ({error})")
        return error.exit_status


def _install() -> int:
    if find_chromium() is None:
        install_chromium()
    print(f"chromium: {find_chromium() or f'missing ({WHY_NOT})'}")
    return 0


def _run(folder: str | None) -> int:
    started = time.monotonic()
    chosen = ["tests/browser/pictures.py"] if folder else ["tests/browser"]
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *chosen],
        cwd=CHECKOUT,
        env={**os.environ, "SCREENSHOTS": folder or ""},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    passed = _PASSED.search(result.stdout)
    seconds = f"{time.monotonic() - started:.0f} s"
    if result.returncode != 0 or passed is None:
        print(result.stdout)
        print(f"browser: failed ({seconds})")
        return 1
    print(f"browser: ok ({passed[0]}, {seconds})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The system's Chromium: where it is, or why it is not there."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WHY_NOT = "no Chromium here; `make chromium` installs it as root, or set CHROMIUM"
APT = (("apt-get", "update", "-qq"), ("apt-get", "install", "-y", "-qq", "chromium"))


def find_chromium() -> str | None:
    """Return the path of the browser, from CHROMIUM or the usual names; None without one."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen if Path(chosen).is_file() else None
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None)


def install_chromium() -> None:
    """Install Debian's Chromium; nothing happens without apt-get or without the right to."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    for command in APT:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)

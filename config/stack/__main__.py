"""`python -m config.stack run`: what `make run` does."""

import argparse
import sys

from config.env import ConfigurationError
from config.stack.serve import serve


def main() -> int:
    """Run the command; a wrong setting ends in one sentence and exit status 2."""
    parser = argparse.ArgumentParser(
        prog="python -m config.stack", description="Set up and run the product."
    )
    parser.add_argument(
        "command", choices=["run"], help="set everything up, then serve until Ctrl-C"
    )
    parser.parse_args()
    try:
        return serve()
    except ConfigurationError as error:
        sys.stderr.write(f"run: failed ({error})\n")
        return error.exit_status
    except KeyboardInterrupt:
        sys.stderr.write("run: failed (stopped during the set-up)\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())

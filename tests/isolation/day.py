"""`python -m tests.isolation.day`: the demo's working day, with an eye on every key in Redis."""

import json
import sys

from config.stack import Stack
from tests.demo.__main__ import play
from tests.demo.report import Report
from tests.isolation.redis_keys import watched


def main() -> int:
    """Play the day on a running product; report what was touched as the last line."""
    with Stack() as stack, watched(stack.env["REDIS_URL"]) as seen:
        play(stack, Report())
    found = {
        "commands": seen.commands,
        "keys": len(seen.keys),
        "of_organizations": seen.of_tenants,
        "strangers": seen.strangers,
    }
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

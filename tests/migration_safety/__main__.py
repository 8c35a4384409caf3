"""`python -m tests.migration_safety`: exit status 1 when a migration is unsafe."""

import os
import sys

import tests.servers  # noqa: F401  starts servers when none are named


def main() -> int:
    """Read all migrations and print what is wrong with them."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  the environment is ready only now

    django.setup()
    from tests.migration_safety.checking import find_problems  # noqa: PLC0415  same

    problems = find_problems()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python
"""Django's command line; stock commands run on the platform's own data."""

import os
import sys

from config.embedded import ensure_environment
from config.env import ConfigurationError

_PIPE_CLOSED = 141  # as a shell says of a program that SIGPIPE ended

# These say something about the code alone: no server is started for them.
NEEDS_NO_SERVER = {"help", "--help", "-h", "version", "--version"}


def main() -> None:
    """Run one command. A wrong or missing setting ends in one sentence and exit status 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    try:
        _prepare(sys.argv[1:])
        _execute(sys.argv)
    except ConfigurationError as error:
        sys.exit(_refuse(error))
    except BrokenPipeError:  # whoever reads along, such as `head`, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_PIPE_CLOSED)


def _prepare(arguments: list[str]) -> None:
    if arguments and not NEEDS_NO_SERVER.intersection(arguments):
        ensure_environment()
        return
    for name, nowhere in (
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
        ("SECRET_KEY", "unused-for-commands-that-only-print-help"),
    ):
        os.environ.setdefault(name, nowhere)


def _execute(argv: list[str]) -> None:
    from django.core.management import (  # noqa: PLC0415  reads the settings prepared above
        execute_from_command_line,
    )

    from shared_apps.tenancy.context import use_platform  # noqa: PLC0415  same

    with use_platform():
        execute_from_command_line(argv)


def _refuse(error: ConfigurationError) -> int:
    sys.stderr.write(f"{error}\n")
    return error.exit_status


if __name__ == "__main__":
    main()

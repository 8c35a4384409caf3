from argparse import ArgumentParser
from typing import Any

from shared_apps.tenancy.management.base import BadInput, PlatformCommand


class Command(PlatformCommand):
    help = "Django's own command is not used here: `manage.py create_super_admin` makes operators."
    example = "manage.py create_super_admin --email pat@example.com --name 'Pat Platform'"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what Django's command takes, so that the one sentence is the answer to it, too."""
        for name in ("--email", "--username", "--database"):
            parser.add_argument(name, help="ignored")
        parser.add_argument("--noinput", "--no-input", action="store_true", help="ignored")

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Point at the command that does it; reads and writes nothing."""
        raise BadInput(
            "There are no superusers here; create an operator of the platform with"
            " `manage.py create_super_admin --email pat@example.com`."
        )

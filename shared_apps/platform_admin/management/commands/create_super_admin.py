from argparse import ArgumentParser
from typing import Any

from shared_apps.platform_admin.operators import (
    add_operator,
    add_operator_by_link,
    operator_link,
    read_password,
)
from shared_apps.tenancy.management.base import PlatformCommand

SECOND_FACTOR = "The first sign-in sets up an authenticator app: operators never come without one."


class Command(PlatformCommand):
    help = "Create an operator of the platform, who signs in on the platform's own host."
    example = (
        "manage.py create_super_admin --email pat@example.com --name 'Pat Platform'\n"
        "  echo 'a long password' | manage.py create_super_admin"
        " --email pat@example.com --password-stdin"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the address; the password is never an argument."""
        parser.add_argument("--email", required=True, help="address to sign in with")
        parser.add_argument("--name", default="", help='"First Last"')
        how = parser.add_mutually_exclusive_group()
        how.add_argument(
            "--link",
            action="store_true",
            help="ask for no password: print a link, good once and for seven days, to choose it",
        )
        how.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of stdin instead of asking",
        )

    def handle_platform(self, **options: Any) -> None:
        """Create the operator in the public schema."""
        if options["link"]:
            self._print_link(options)
            return
        password = read_password(from_stdin=options["password_stdin"])
        operator = add_operator(
            email=options["email"],
            name=options["name"],
            password=password,
            command="create_super_admin",
        )
        self.stdout.write(f"{operator.email} operates the platform now.")
        self.stdout.write(SECOND_FACTOR)

    def _print_link(self, options: dict[str, Any]) -> None:
        operator = add_operator_by_link(
            email=options["email"], name=options["name"], command="create_super_admin"
        )
        self.stdout.write(f"{operator.email} chooses the password here, within seven days, once:")
        self.stdout.write(operator_link(operator))
        self.stdout.write(SECOND_FACTOR)

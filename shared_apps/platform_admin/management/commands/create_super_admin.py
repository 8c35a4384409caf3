from argparse import ArgumentParser
from typing import Any

from shared_apps.platform_admin.operators import add_operator, read_password
from shared_apps.tenancy.management.base import PlatformCommand


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
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the password from the first line of stdin instead of asking",
        )

    def handle_platform(self, **options: Any) -> None:
        """Create the operator in the public schema."""
        password = read_password(from_stdin=options["password_stdin"])
        operator = add_operator(
            email=options["email"],
            name=options["name"],
            password=password,
            command="create_super_admin",
        )
        self.stdout.write(f"{operator.email} operates the platform now.")

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.events import Actor
from shared_apps.platform_admin.operators import add_operator, read_password
from shared_apps.tenancy.context import use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.management.base import BadInput, PlatformCommand
from tenant_apps.access.services import seed_roles
from tenant_apps.accounts.selectors import find_person_by_email


class Command(PlatformCommand):
    help = (
        "Set the product up, or bring it up to date: the database of the platform and of every "
        "organization, the built-in roles, and the first operator. Doing it again changes nothing."
    )
    example = (
        "echo 'a long password' | manage.py initialize_app"
        " --operator-email pat@example.com --password-stdin"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the first operator from the command line or the environment."""
        parser.add_argument(
            "--operator-email",
            default=settings.OPERATOR_EMAIL,
            help="address of the first operator (default: PRS_OPERATOR_EMAIL; none, none is made)",
        )
        parser.add_argument("--operator-name", default="", help='"First Last" of the operator')
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="read the operator's password from stdin (default: PRS_OPERATOR_PASSWORD, or ask)",
        )

    def handle_platform(self, **options: Any) -> None:
        """Migrate, apply the role matrix, and let the first operator in."""
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        self.stdout.write("The database is up to date.")
        self._apply_role_matrix()
        if options["operator_email"]:
            self._let_operator_in(options)

    def _apply_role_matrix(self) -> None:
        changed = 0
        for tenant in get_directory().all_ready():
            with use_tenant(tenant):
                changed += seed_roles(by=Actor.system("initialize_app"), at=utc_now())
        self.stdout.write(f"The built-in roles are in line ({changed} organizations changed).")

    def _let_operator_in(self, options: dict[str, Any]) -> None:
        email = options["operator_email"]
        existing = find_person_by_email(email)
        if existing is not None and not existing.is_operator:
            raise BadInput(f"{email} is known on the platform, but not as an operator.")
        if existing is not None:
            self.stdout.write(f"{existing.email} operates the platform already.")
            return
        operator = add_operator(
            email=email,
            name=options["operator_name"],
            password=self._password(options),
            command="initialize_app",
        )
        self.stdout.write(f"{operator.email} operates the platform now.")

    def _password(self, options: dict[str, Any]) -> str:
        if settings.OPERATOR_PASSWORD and not options["password_stdin"]:
            return str(settings.OPERATOR_PASSWORD)
        return read_password(from_stdin=options["password_stdin"])

"""What every command of the product stands on: an example in --help, one sentence for bad input."""

from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory

BAD_INPUT = 2


class BadInput(CommandError):
    """The command line asks for something impossible: one sentence, exit status 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message, returncode=BAD_INPUT)


class WithExample(BaseCommand):
    """A command whose --help ends with an example."""

    example: ClassVar[str] = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add the example to --help."""
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(
            prog_name, subcommand, epilog=f"example:\n  {self.example}", **kwargs
        )


class StockCommand(WithExample):
    """A command of Django's that ends as ours do: what it refuses is exit status 2."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the stock command."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            raise BadInput(str(error)) from error


class PlatformCommand(WithExample):
    """A command on the platform's own data. Subclasses write `handle_platform`.

    A DomainError ends as one sentence and exit status 2.
    """

    requires_system_checks = ()

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run on the public schema."""
        with use_platform():
            self._speak_plainly(lambda: self.handle_platform(**options))

    def handle_platform(self, **options: Any) -> None:
        """Do the work; write to self.stdout."""
        raise NotImplementedError

    def _speak_plainly(self, work: Callable[[], None]) -> None:
        try:
            work()
        except DomainError as error:
            raise BadInput(error.explained) from error


class OrganizationCommand(PlatformCommand):
    """A command on the data of one organization, named by --organization SLUG."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the organization."""
        parser.add_argument(
            "--organization", required=True, metavar="SLUG", help="slug of the organization"
        )

    def handle_platform(self, **options: Any) -> None:
        """Find the organization and run under it."""
        tenant = find_organization(options["organization"])
        with use_tenant(tenant):
            self.handle_organization(tenant, **options)

    def handle_organization(self, tenant: Tenant, **options: Any) -> None:
        """Do the work; write to self.stdout."""
        raise NotImplementedError


def find_organization(slug: str) -> Tenant:
    """Return the organization with a slug. Raises: BadInput."""
    tenant = get_directory().by_slug(slug)
    if tenant is None:
        raise BadInput(
            f"There is no organization {slug!r}; `manage.py list_organizations` shows them all."
        )
    return tenant

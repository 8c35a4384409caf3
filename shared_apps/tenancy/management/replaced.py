"""Commands of django-tenants that this engine has other ones for."""

from typing import Any, ClassVar

from shared_apps.tenancy.management.base import BadInput, WithExample


class ReplacedCommand(WithExample):
    """A stock command that would go past the engine: it says which command does the work here."""

    requires_system_checks = ()
    help = "Not used here; it says what is."

    instead: ClassVar[str]

    def run_from_argv(self, argv: list[str]) -> None:
        """Refuse whatever the stock command takes as well; --help explains."""
        wants_help = {"-h", "--help"}.intersection(argv)
        super().run_from_argv([*argv[:2], *(["--help"] if wants_help else [])])

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Name the other command; read and write nothing. Raises: BadInput."""
        name = type(self).__module__.rpartition(".")[2]
        raise BadInput(f"`{name}` of django-tenants is not used here: {self.instead}.")

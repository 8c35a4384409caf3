"""What the commands do to let a first operator in."""

import getpass
import sys
from typing import TYPE_CHECKING

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.management.base import BadInput
from tenant_apps.accounts.services import NewPerson, create_operator

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


def add_operator(*, email: str, name: str, password: str, command: str) -> "User":
    """Create an operator for a command. Raises: EmailTaken, BadInput with one sentence."""
    first_name, _, last_name = name.strip().partition(" ")
    new = NewPerson(email=email, first_name=first_name, last_name=last_name.strip())
    by = Actor.system(command)
    try:
        return create_operator(new=new, password=password, by=by, at=utc_now())
    except ValidationFailed as error:
        raise BadInput(" ".join(problem.message for problem in error.problems)) from error


def read_password(*, from_stdin: bool) -> str:
    """Return the password from the first line of stdin, or ask for it twice at the terminal.

    Raises: BadInput.
    """
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise BadInput("There is no terminal to ask at: send the password with --password-stdin.")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password (again): ") != password:
        raise BadInput("The two passwords differ.")
    return password

"""What `manage.py check` and the start of a process say about the two database roles."""

from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning  # noqa: A004  Django's names
from django.db import DatabaseError, connections

from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.rights.declared import is_ours, is_theirs, undecided
from shared_apps.tenancy.rights.roles import has_two_roles, why_rights_mean_nothing

log = structlog.get_logger(__name__)

_HINT = (
    "Give DATABASE_OWNER_URL the role that owns the tables and DATABASE_URL another one, then run "
    "`manage.py migrate`; docs/tenancy.md says how."
)


_OURS = "Set `rights` on the model (shared_apps/kernel/rights.py)."
_THEIRS = "Name it in PACKAGE_RIGHTS (shared_apps/tenancy/rights/declared.py)."


def check_declarations(**_options: Any) -> list[CheckMessage]:
    """Every model says what may become of its rows."""
    return [
        *(Error(f"{each}.", hint=_OURS, id="tenancy.E001") for each in undecided(is_ours)),
        *(Warning(f"{each}.", hint=_THEIRS, id="tenancy.W003") for each in undecided(is_theirs)),
    ]


def check_two_roles(**_options: Any) -> list[CheckMessage]:
    """Rows that must never change are kept by the database only when two roles are told apart."""
    if has_two_roles():
        return []
    lacking = "names the same role as DATABASE_URL" if settings.DATABASE_OWNER else "is not set"
    words = f"DATABASE_OWNER_URL {lacking}: the database does not protect append-only rows."
    return [Warning(words, hint=_HINT, id="tenancy.W001")]


def check_rights_hold(
    *, databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """The application's role is held to its rights: it owns nothing and is no superuser."""
    if not databases or not has_two_roles():
        return []
    reason = why_rights_mean_nothing()
    if not reason:
        return []
    words = f"The role {reason}: the database does not protect append-only rows."
    return [Warning(words, hint=_HINT, id="tenancy.W002")]


def warn_of_one_role() -> None:
    """Log a warning when the database does not keep this process's role to its rights."""
    try:
        with use_platform():
            reason = why_rights_mean_nothing()
            connections.close_all()
    except DatabaseError:
        return  # readiness says that the database is away
    if reason:
        log.warning("rights_not_enforced", reason=reason, hint=_HINT)

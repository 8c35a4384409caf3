"""Who imports: a program that may do everything an administrator may."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from shared_apps.kernel.events import Actor
from tenant_apps.access.role_matrix import EVERYDAY, ScopeKind

if TYPE_CHECKING:
    from uuid import UUID

    from tenant_apps.accounts.models import User

ACTOR = Actor.system("import")


@dataclass(frozen=True)
class _Importer:
    """What the services of the apps below ask of the person who acts; it is no row of people."""

    pk: "UUID | None" = None
    actor: Actor = ACTOR
    is_active: bool = True
    granted: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys(EVERYDAY, ScopeKind.ALL.value)
    )


def importer() -> "User":
    """Return the importer where a service takes a person: events name it as system:import."""
    return cast("User", _Importer())

"""Every effect that crosses from one app into another, in one place."""

from shared_apps.kernel.events import Event, Reactions
from shared_apps.organizations.events import OrganizationProvisioned

REACTIONS: dict[type[Event], Reactions] = {
    OrganizationProvisioned: Reactions(),
}

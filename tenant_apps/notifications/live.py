"""What open pages hear at once: what to fetch again, and that their socket is closed."""

from shared_apps.kernel.events import Event, Occurrence, reaction
from tenant_apps.access.events import RoleChanged, RoleMatrixApplied
from tenant_apps.access.selectors import people_in_role, people_in_roles
from tenant_apps.notifications import push

TOPICS: dict[str, tuple[str, ...]] = {
    "payments": ("payments", "queue", "dashboard"),
    "deals": ("deals", "dashboard"),
    "clients": ("clients",),
    "invoices": ("invoices", "dashboard"),
    "returns": ("payments", "returns", "dashboard"),
    "commissions": ("commissions", "dashboard"),
    "approvals": ("payments", "returns", "queue"),
    "handovers": ("deals", "clients", "queue", "dashboard"),
    "accounts": ("people",),
    "access": ("people",),
    "teams": ("people", "teams"),
}


@reaction("notifications.push_changed")
def push_changed(event: Event, _occurrence: Occurrence) -> None:
    """Name to every open page what it should fetch again."""
    topics = TOPICS.get(event.name.partition(".")[0], ())
    if topics:
        push.push_changed(topics=topics)


@reaction("notifications.close_sockets")
def close_sockets(event: Event, _occurrence: Occurrence) -> None:
    """Close the sockets of the person an event happened to: suspended, or a role was revoked."""
    push.push_closed(recipients=[event.subject_id])


@reaction("notifications.close_sockets_of_role")
def close_sockets_of_role(event: RoleChanged, _occurrence: Occurrence) -> None:
    """Close the sockets of everybody who has a role that grants something else now."""
    push.push_closed(recipients=people_in_role(event.role_id))


@reaction("notifications.close_sockets_of_roles")
def close_sockets_of_roles(event: RoleMatrixApplied, _occurrence: Occurrence) -> None:
    """Close the sockets of everybody who has a built-in role that a release changed."""
    if event.roles:
        push.push_closed(recipients=people_in_roles(event.roles))

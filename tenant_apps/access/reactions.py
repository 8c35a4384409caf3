"""What access does when something happened."""

from shared_apps.kernel.events import Event, Occurrence, reaction
from shared_apps.organizations.events import OrganizationProvisioned
from tenant_apps.access.services import make_first_owner, seed_roles, tell_administrators
from tenant_apps.accounts.services import NewPerson, invite_person, issue_invitation


@reaction("access.seed_roles")
def seed_organization_roles(event: OrganizationProvisioned, occurrence: Occurrence) -> None:
    """Make the roles of a new organization, and its first owner, who is sent an invitation."""
    by, at = occurrence.actor, occurrence.recorded_at
    seed_roles(by=by, at=at)
    new = NewPerson(
        email=event.owner_email,
        first_name=event.owner_first_name,
        last_name=event.owner_last_name,
    )
    owner = invite_person(new=new, by=by, at=at)
    make_first_owner(user_id=owner.pk, by=by, at=at)
    issue_invitation(user_id=owner.pk, by=by, at=at)


@reaction("access.tell_administrators")
def tell_platform_administrators(_event: Event, _occurrence: Occurrence) -> None:
    """Tell the platform who administers the organization now."""
    tell_administrators()

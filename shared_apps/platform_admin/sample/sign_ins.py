"""Who can sign in to the sample, and where: what `make run` prints."""

from collections.abc import Iterator

from shared_apps.platform_admin.sample.profiles import Profile
from shared_apps.tenancy.context import Tenant


def sign_ins_of(
    profile: Profile, tenant: Tenant, *, base_domain: str, scheme: str
) -> Iterator[str]:
    """Return the lines for one organization: its address, then its people by role."""
    port = base_domain.partition(":")[2]
    address = f"{scheme}://{tenant.host}{f':{port}' if port else ''}"
    yield f"{profile.name}: {address}/"
    for member in profile.people:
        role = member.role.replace("_", " ")
        yield f"  {role:<12} {profile.email_of(member)}"

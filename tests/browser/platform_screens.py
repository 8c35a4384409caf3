"""Every public page and every page of the console with something on it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.core import signing

from shared_apps.audit.models import Delivery, DeliveryState, EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.models import Organization, Provisioning, SignUp, Status
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    SignUpWish,
    request_organization,
    start_sign_up,
)
from shared_apps.platform_admin.site.views import SALT
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.access.services import tell_administrators
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import (
    NewPerson,
    VisitWish,
    begin_impersonation,
    invite_operator,
    issue_invitation,
)
from tests.browser.screens import Screen
from tests.cast import STAGEHAND, person_named
from tests.factories.accounts import InvitedPersonFactory
from tests.organizations import drop_organization

FOUND = "/console/organizations/organization"


@contextmanager
def platform_story(tenant: Tenant, operator: User) -> Iterator[Mapping[str, str]]:
    """Put a small story on the platform; yield what its pages are called, and clear it away."""
    wishes = wish_for_organizations()
    story = tell_story(tenant, operator, wishes)
    yield story
    Delivery.objects.filter(pk=story["letter"]).update(state=DeliveryState.DONE)
    with use_platform():
        slugs = [wish.slug for wish in wishes]
        SignUp.objects.filter(slug__in=slugs).delete()
        made = list(Organization.objects.filter(slug__in=slugs).values_list("pk", flat=True))
    for organization_id in made:
        drop_organization(get_tenant(organization_id))


def wish_for_organizations() -> list[SignUp]:
    """Return three wishes: to be founded, to fail, and to wait for its code."""
    with use_platform():
        return [_wish_for(name) for name in ("hooli", "umbrella", "initech")]


def tell_story(tenant: Tenant, operator: User, wishes: list[SignUp]) -> Mapping[str, str]:
    """Return what the pages are called that the organization at work and the wishes fill."""
    tell_administrators()
    letter = give_up_a_letter()
    with use_platform():
        founding = _wait_for(wishes[0], Status.REQUESTED)
        failing = _wait_for(wishes[1], Status.FAILED, failure="OperationalError: the disk is full")
        failed = str(Organization.objects.get(slug=wishes[1].slug).pk)
        visit = _visit(tenant, operator)
        changed = EventRecord.objects.filter(after__isnull=False)
        event = str(changed.latest("recorded_at").pk)
    return {
        "organization": str(tenant.id),
        "slug": tenant.slug,
        "failed": failed,
        "letter": str(letter.pk),
        "visit": visit,
        "operator": str(operator.pk),
        "event": event,
        "waiting": signing.dumps(str(wishes[2].pk), salt=SALT),
        "founding": signing.dumps(founding, salt=SALT),
        "failing": signing.dumps(failing, salt=SALT),
    }


def give_up_a_letter() -> Delivery:
    """Return an e-mail of the organization at work that was given up."""
    person = InvitedPersonFactory(at=utc_now())
    issue_invitation(user_id=person.pk, by=STAGEHAND, at=utc_now())
    found = Delivery.objects.get(event__subject_id=person.pk, reaction="accounts.send_invitation")
    Delivery.objects.filter(pk=found.pk).update(
        state=DeliveryState.DEAD,
        attempts=12,
        last_error="SMTPServerDisconnected: the mail server hung up",
        settled_at=utc_now(),
    )
    return found


def _wish_for(name: str) -> SignUp:
    slug = f"{name}-{uuid4().hex[:8]}"
    new = NewOrganization(slug=slug, name=name.title(), currency="EUR", timezone="Europe/Berlin")
    owner = FirstOwner(email=f"olga@{name}.example", first_name="Olga", last_name="Owner")
    return start_sign_up(wish=SignUpWish(organization=new, owner=owner), at=utc_now())


def _wait_for(wish: SignUp, status: Status, *, failure: str = "") -> str:
    """Make the organization of a wish, founded by nobody."""
    new = NewOrganization(
        slug=wish.slug, name=wish.name, currency=wish.currency, timezone=wish.timezone
    )
    owner = FirstOwner(email=wish.email, first_name="Olga", last_name="Owner")
    organization = request_organization(new, owner=owner)
    rows = Organization.objects.filter(pk=organization.pk)
    rows.update(status=status, failure=failure)
    later = utc_now() + timedelta(days=1)
    Provisioning.objects.filter(pk=organization.pk).update(next_attempt_at=later)
    SignUp.objects.filter(pk=wish.pk).update(verified_at=utc_now(), organization_id=organization.pk)
    return str(wish.pk)


def _visit(tenant: Tenant, operator: User) -> str:
    """Let a second operator come, and the first one act as Vera; return the visit's id."""
    email = f"quinn-{uuid4().hex[:6]}@platform.example"
    new = NewPerson(email=email, first_name="Quinn", last_name="Quick")
    invite_operator(new=new, by=STAGEHAND, at=utc_now(), reason="Second shift")
    with use_tenant(tenant):
        vera = person_named("vera")
    wish = VisitWish(
        tenant=tenant, user_id=vera.pk, minutes=30, reason="Ticket 4711: the queue is empty"
    )
    return str(begin_impersonation(wish=wish, by=operator, at=utc_now()).pk)


def screens_of_site(story: Mapping[str, str]) -> list[Screen]:
    """Return the public pages."""
    return [
        Screen("site-home", "", "/"),
        Screen("site-sign-up", "", "/signup/"),
        Screen("site-code", "", "/signup/code/", sign_up=story["waiting"]),
        Screen("site-progress", "", "/signup/progress/", sign_up=story["founding"]),
        Screen("site-failed", "", "/signup/progress/", sign_up=story["failing"]),
        Screen("site-find", "", "/find/"),
        Screen("site-nowhere", "", "/nowhere/"),
        Screen("site-door", "", "/sign-in/"),
    ]


def screens_of_console(story: Mapping[str, str]) -> list[Screen]:
    """Return the pages of the console, and the operators' own beside it."""
    organization, letters = (
        f"{FOUND}/{story['organization']}",
        f"/console/dead-letters/{story['slug']}",
    )
    pages = {
        "overview": "/console/",
        "organizations": f"{FOUND}/",
        "organizations-none": f"{FOUND}/?q=nothing",
        "organization": f"{organization}/change/",
        "organization-failed": f"{FOUND}/{story['failed']}/change/",
        "organization-new": f"{FOUND}/new/",
        "organization-suspend": f"{organization}/step/suspend/",
        "host-new": f"{organization}/hosts/new/",
        "act-as": f"{organization}/act-as/",
        "hosts": "/console/organizations/domain/",
        "administrators": "/console/administrators/",
        "administrators-none": "/console/administrators/?q=nobody",
        "dead-letters": "/console/dead-letters/",
        "dead-letters-of": f"{letters}/",
        "dead-letters-none": "/console/dead-letters/platform/",
        "replay": f"{letters}/{story['letter']}/replay/",
        "jobs": "/console/jobs/",
        "jobs-of": f"/console/jobs/?organization={story['slug']}",
        "migrations": "/console/tenancy/schemastate/",
        "migrations-of": "/console/tenancy/schemastate/public/change/",
        "audit": "/console/audit/eventrecord/",
        "audit-event": f"/console/audit/eventrecord/{story['event']}/change/",
        "visits": "/console/accounts/impersonation/",
        "visit": f"/console/accounts/impersonation/{story['visit']}/change/",
        "operators": "/console/accounts/user/",
        "operator": f"/console/accounts/user/{story['operator']}/change/",
        "operator-new": "/console/accounts/user/new/",
        "nothing": "/console/dead-letters/nobody/",
    }
    own = {
        "security": "/account/security/",
        "password": "/account/password/",
        "passkey-new": "/account/passkeys/new/",
    }
    return [
        *(Screen(f"console-{name}", "pat", path) for name, path in pages.items()),
        *(Screen(f"operator-{name}", "pat", path) for name, path in own.items()),
    ]

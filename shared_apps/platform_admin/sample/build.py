"""Found an organization of the sample and make its history."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from shared_apps.audit.history import recording_history
from shared_apps.kernel.errors import DomainError
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    provision_organization,
    request_organization,
)
from shared_apps.platform_admin.sample.people import (
    Cast,
    enter_people,
    form_team,
    publish_plan,
    publish_version,
)
from shared_apps.platform_admin.sample.plan import History, Size, plan_history
from shared_apps.platform_admin.sample.profiles import Profile
from shared_apps.platform_admin.sample.receipts import Receipts
from shared_apps.platform_admin.sample.sales import Sales
from shared_apps.platform_admin.sample.scene import Scene, Step
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.accounts.selectors import find_person_by_email

RATE_RISES_AFTER = timedelta(days=105)
NEWS = timedelta(days=14)
Advance = Callable[[int], object]


class NotTheSample(DomainError):
    """An organization of the name exists and is not the sample's."""

    code = "not_the_sample"
    message = "An organization of this name exists already."


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What the history is made of: equal recipes make equal histories.

    With `now` the queue is as fresh as at that instant; without it as on the evening before.
    """

    seed: int
    today: date
    size: Size
    password: str
    now: datetime | None = None

    def plan(self, profile: Profile) -> History:
        """Return what is to happen in an organization."""
        return plan_history(profile, seed=self.seed, today=self.today, size=self.size, now=self.now)


def find_sample(profile: Profile) -> Tenant | None:
    """Return the organization when it is there with its history, else None.

    Raises: NotTheSample.
    """
    tenant = _find_organization(profile)
    if tenant is None:
        return None
    (owner,) = profile.with_role("owner")
    (admin, *_others) = profile.with_role("admin")
    with use_tenant(tenant):
        if find_person_by_email(profile.email_of(owner)) is None:
            raise NotTheSample(
                f"There is an organization {profile.slug!r} that is not the sample's; "
                "rename it, or use another database."
            )
        return tenant if find_person_by_email(profile.email_of(admin)) else None


def build_organization(
    profile: Profile, *, recipe: Recipe, at: datetime, advance: Advance = lambda _steps: None
) -> Tenant:
    """Found the organization unless it is there, and make its whole history in one transaction.

    A build that is killed leaves an organization without a history, which the next one fills.
    `at` is the instant of the founding; everything else happens at the instants of the plan.
    """
    tenant = _find_organization(profile) or _found(profile, at=at)
    with use_tenant(tenant), transaction.atomic():
        make_history(profile, recipe=recipe, advance=advance)
    return tenant


def make_history(
    profile: Profile, *, recipe: Recipe, advance: Advance = lambda _steps: None
) -> None:
    """Enter people, team and plan, then everything that happened, in the organization at work.

    People are told of the last two weeks alone: inboxes are alive, not flooded.
    """
    history = recipe.plan(profile)
    cast = enter_people(profile, password=recipe.password, at=history.starts_at)
    form_team(cast, at=history.starts_at)
    plan = publish_plan(profile, cast, at=history.starts_at)

    def raise_rate(at: datetime) -> None:
        rate = Decimal(profile.commission_rate_percent) + 1
        publish_version(plan, cast, rate_percent=rate, effective_from=at.date(), at=at)

    scene = Scene(profile, cast, history)
    steps = [
        Step(history.starts_at + RATE_RISES_AFTER, 0, 1, raise_rate),
        *Sales(scene).steps(),
        *Receipts(scene).steps(),
    ]
    for step in sorted(steps, key=lambda step: step[:3]):
        is_news = step.at >= history.ends_at - NEWS
        with nullcontext() if is_news else recording_history():
            step.act(step.at)
        advance(1)


def amount_of_steps(profile: Profile, *, recipe: Recipe) -> int:
    """Return how many steps a history has, for the progress bar."""
    history = recipe.plan(profile)
    scene = Scene(profile, Cast({}), history)
    return 1 + len([*Sales(scene).steps(), *Receipts(scene).steps()])


def _find_organization(profile: Profile) -> Tenant | None:
    with use_platform():
        return get_directory().by_slug(profile.slug)


def _found(profile: Profile, *, at: datetime) -> Tenant:
    (owner,) = profile.with_role("owner")
    first = FirstOwner(
        email=profile.email_of(owner), first_name=owner.first_name, last_name=owner.last_name
    )
    organization = request_organization(
        NewOrganization(
            slug=profile.slug,
            name=profile.name,
            currency=profile.currency,
            timezone=profile.timezone,
            legal_name=profile.legal_name,
            tax_id=profile.tax_id,
            email=f"billing@{profile.mail_domain}",
            billing_address=profile.billing_address,
        ),
        owner=first,
    )
    return provision_organization(organization_id=organization.pk, at=at)

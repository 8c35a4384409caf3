"""How the platform runs: totals, dead letters, jobs, migrations."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shared_apps.audit.selectors import count_dead_deliveries, list_dead_deliveries
from shared_apps.jobs.selectors import JobReport, list_jobs
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import count_by_status
from shared_apps.platform_admin.console.forms import OwnReasonForm
from shared_apps.platform_admin.console.life import Asked, ask, attempt, done, form_of
from shared_apps.platform_admin.console.site import operator_of, show
from shared_apps.platform_admin.dead_letters import PLATFORM, place_of, replay_all, replay_one
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.runner import list_schemas_behind

LETTERS = "/console/dead-letters/"
MOST_LETTERS = 100


@dataclass(frozen=True)
class Place:
    """Where dead letters lie: an organization, or the platform itself."""

    slug: str
    name: str
    count: int


def add_overview(_request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the console's first page how things stand (UNFOLD's DASHBOARD_CALLBACK)."""
    jobs = list_jobs(at=utc_now())
    counts = count_by_status()
    return {
        **context,
        "counts": counts,
        "total": sum(counts.values()),
        "behind": list_schemas_behind(),
        "late_jobs": in_lines(job for job in jobs if job.is_late or job.outcome == "failed"),
    }


def dead_letters(request: HttpRequest) -> HttpResponseBase:
    """List where reactions were given up. One small query for each organization."""
    places = [Place(PLATFORM, _("The platform"), count_dead_deliveries())]
    for tenant in get_directory().all_ready():
        with place_of(tenant.slug):
            places.append(Place(tenant.slug, tenant.name, count_dead_deliveries()))
    found = [place for place in places if place.count]
    return show(request, "dead_letters.html", _("Dead letters"), places=found)


def dead_letters_of(request: HttpRequest, slug: str) -> HttpResponseBase:
    """List the reactions that were given up in one place: what and why, never the data."""
    with place_of(slug):
        count = count_dead_deliveries()
        rows = [(row, kind_of(row.last_error)) for row in list_dead_deliveries()[:MOST_LETTERS]]
    title = worded("Dead letters of %(name)s", name=name_of(slug))
    return show(request, "dead_letters_of.html", title, rows=rows, slug=slug, count=count)


def replay_letter(request: HttpRequest, slug: str, pk: str = "") -> HttpResponseBase:
    """Ask why, and give one dead letter its attempts back, or all of a place."""
    form = form_of(request, OwnReasonForm)
    back = f"{LETTERS}{slug}/"
    if request.method == "POST" and form.is_valid():
        by, reason = operator_of(request).actor, form.cleaned_data["reason"]

        def replay(at: Any) -> object:
            if not pk:
                return replay_all(slug=slug, by=by, at=at, reason=reason)
            replay_one(slug=slug, delivery_id=pk, by=by, at=at, reason=reason)
            return None

        if attempt(request, form, replay):
            return done(request, _("On its way again."), back)
    title = _("Send again") if pk else worded("Send all of %(name)s again", name=name_of(slug))
    text = _("The reaction runs once more, with all its attempts. Put right what stopped it first.")
    return ask(request, form, title, Asked(text, _("Send again"), back))


def jobs(request: HttpRequest) -> HttpResponseBase:
    """Show how the periodic jobs stand: the platform's, or those of the organization asked for."""
    slug = request.GET.get("organization", "").strip()
    tenant = get_directory().by_slug(slug) if slug else None
    if slug and tenant is None:
        raise Http404(worded("There is no organization %(slug)s.", slug=slug))
    with place_of(slug or PLATFORM):
        found = in_lines(list_jobs(at=utc_now()))
    title = worded("Jobs of %(name)s", name=tenant.name) if tenant else _("Jobs of the platform")
    return show(request, "jobs.html", title, jobs=found, slug=slug)


def name_of(slug: str) -> str:
    """Return what a place is called: an organization's name, or the platform."""
    tenant = None if slug == PLATFORM else get_directory().by_slug(slug)
    return tenant.name if tenant else pgettext("of what", "the platform")


def in_lines(jobs: Iterable[JobReport]) -> list[tuple[JobReport, str, str]]:
    """Return each job with what it does and which kind of error stopped it."""
    return [(job, _(job.does), kind_of(job.error)) for job in jobs]


def kind_of(error: str) -> str:
    """Return what kind of error it was: its text may quote an organization's data."""
    return error.partition(":")[0]

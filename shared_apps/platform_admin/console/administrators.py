"""Who administers which organization, as the organizations last told: searched, and noted."""

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.services import read_administrators
from shared_apps.platform_admin.console.site import operator_of, show

PAGE_SIZE = 50
LONGEST_SEARCH = 200


def administrators(request: HttpRequest) -> HttpResponseBase:
    """List owners and administrators. Public's own copy answers; nobody's schema is read."""
    asked = {
        name: request.GET.get(name, "").strip()[:LONGEST_SEARCH] for name in ("q", "organization")
    }
    person = operator_of(request)
    rows = read_administrators(
        search=asked["q"],
        organization=asked["organization"],
        operator_id=person.pk,
        by=person.actor,
        at=utc_now(),
    )
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return show(request, "administrators.html", _("Administrators"), page=page, asked=asked)

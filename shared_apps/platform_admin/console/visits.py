"""Act as a person of an organization: for a reason, for a time, and never with their money."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.wording import worded
from shared_apps.organizations.selectors import get_organization, get_tenant
from shared_apps.platform_admin.addresses import address_of
from shared_apps.platform_admin.console.forms import VisitForm
from shared_apps.platform_admin.console.life import Asked, ask, attempt, form_of
from shared_apps.platform_admin.console.site import operator_of, show
from shared_apps.platform_admin.console.words import role_word
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.access.selectors import list_people_with_roles
from tenant_apps.accounts.services import VisitWish, begin_impersonation, visit_code

if TYPE_CHECKING:
    from tenant_apps.accounts.models import Impersonation, User

MOST_PEOPLE = 500
TEXT = gettext_lazy(
    "You see what this person sees. Money, decisions, rights and their account stay closed to you. "
    "The person and the administrators are told at once, with your name and the reason."
)


def act_as(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """Ask as whom, for how long and why; then show the way in, which is good for a minute."""
    organization, tenant = get_organization(pk), get_tenant(pk)
    form = form_of(request, VisitForm)
    form.fields["person"].choices = _people(tenant)
    back = reverse("admin:organizations_organization_change", args=[pk])
    title = worded("Act as somebody: %(name)s", name=organization.name)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, operator_of(request)
        wish = VisitWish(
            tenant=tenant,
            user_id=UUID(given["person"]),
            minutes=given["minutes"],
            reason=given["reason"],
        )

        def begin(at: datetime) -> "Impersonation":
            return begin_impersonation(wish=wish, by=by, at=at)

        if visit := attempt(request, form, begin):
            code = visit_code(visit=visit, tenant=tenant)
            link = f"{address_of(tenant)}visit/?code={code}"
            more: dict[str, Any] = {"visit": visit, "link": link, "back": back}
            return show(
                request, "visit_link.html", worded("As %(name)s", name=visit.person_label), **more
            )
    return ask(request, form, title, Asked(TEXT, _("Begin"), back))


def _people(tenant: Tenant) -> list[tuple[str, str]]:
    """Return the people who may sign in, with their roles."""
    if not tenant.is_routable:
        return []
    with use_tenant(tenant):
        people = list_people_with_roles(status="active")[:MOST_PEOPLE]
        return [(str(person.pk), _words_for(person)) for person in people]


def _words_for(person: "User") -> str:
    assignments: Any = person.role_assignments
    roles = ", ".join(role_word(each.role.name) for each in assignments.all())
    return f"{person.full_name} <{person.email}> ({roles or _('no role')})"

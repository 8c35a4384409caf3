"""The one address that every provider sends people back to, on the platform's host."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import use_tenant
from shared_apps.tenancy.directory import get_directory
from tenant_apps.sso.services import Answer, return_from_provider
from tenant_apps.sso.state import StateInvalid, read_state

TEMPLATE = "sso/refused.html"


@never_cache
@require_GET
def callback_page(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer and lead the browser on to the organization that it came from."""
    try:
        return HttpResponseRedirect(_lead_on(request))
    except DomainError as refusal:
        return render(request, TEMPLATE, {"refusal": refusal}, status=refusal.status)


def _lead_on(request: HttpRequest) -> str:
    at = utc_now()
    state = read_state(request.GET.get("state", ""), at=at)
    tenant = get_directory().by_id(state.organization_id)
    if tenant is None or not tenant.is_routable:
        raise StateInvalid
    answer = Answer(code=request.GET.get("code", ""), error=request.GET.get("error", ""))
    with use_tenant(tenant):
        return return_from_provider(state=state, answer=answer, at=at)

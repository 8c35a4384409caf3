"""The one page that a person without a password needs: where the invitation's link leads."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import current_tenant
from tenant_apps.accounts.services.invitations import accept_invitation

TEMPLATE = "accounts/invitation.html"


@never_cache
@require_http_methods(["GET", "POST"])
def invitation_page(request: HttpRequest) -> HttpResponse:
    """Show the form for the first password; accept the invitation with it."""
    page: dict[str, Any] = {
        "organization": current_tenant().name,
        "token": request.GET.get("token", ""),
    }
    if request.method == "GET":
        return render(request, TEMPLATE, page)
    token, password = request.POST.get("token", ""), request.POST.get("password", "")
    try:
        person = accept_invitation(token=token, password=password, at=utc_now())
    except DomainError as refusal:
        problems = [problem.message for problem in refusal.problems] or [refusal.detail]
        page |= {"token": token, "problems": problems}
        return render(request, TEMPLATE, page, status=refusal.status)
    return render(request, TEMPLATE, page | {"person": person})

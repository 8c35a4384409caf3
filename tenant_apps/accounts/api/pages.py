"""The pages that mailed links lead to, for people without a password or a forgotten one."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import current_tenant
from tenant_apps.accounts.services.invitations import accept_invitation
from tenant_apps.accounts.services.resets import reset_password

TEMPLATE = "accounts/invitation.html"
RESET_TEMPLATE = "accounts/password_reset.html"


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


@never_cache
@require_http_methods(["GET", "POST"])
def password_reset_page(request: HttpRequest) -> HttpResponse:
    """Show the form for a new password; replace the forgotten one. Nobody is signed in by it."""
    page: dict[str, Any] = {
        "organization": current_tenant().name,
        "token": request.GET.get("token", ""),
    }
    if request.method == "GET":
        return render(request, RESET_TEMPLATE, page)
    token, password = request.POST.get("token", ""), request.POST.get("password", "")
    try:
        reset_password(token=token, new_password=password, at=utc_now())
    except DomainError as refusal:
        problems = [problem.message for problem in refusal.problems] or [refusal.detail]
        page |= {"token": token, "problems": problems}
        return render(request, RESET_TEMPLATE, page, status=refusal.status)
    return render(request, RESET_TEMPLATE, page | {"is_done": True})

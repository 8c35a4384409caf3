"""The page of the platform's host for people who forgot where they sign in."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.platform_admin.finding import find_workspaces

TEMPLATE = "platform_admin/find.html"
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@never_cache
@require_http_methods(["GET", "POST"])
def find_page(request: HttpRequest) -> HttpResponse:
    """Ask for the address; say the same whatever it is."""
    if request.method == "GET":
        return _show(request)
    email = request.POST.get("email", "").strip()
    try:
        _ask(email)
    except DomainError as refusal:
        problems = [each.message for each in refusal.problems] or [refusal.detail]
        return _show(request, status=refusal.status, email=email, problems=problems)
    return _show(request, is_done=True)


def _ask(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationFailed.at("/email", "Enter a valid e-mail address.") from None
    find_workspaces(email=email, at=utc_now())


def _show(request: HttpRequest, *, status: int = 200, **page: object) -> HttpResponse:
    response = render(request, TEMPLATE, page, status=status)
    response["Content-Security-Policy"] = POLICY
    return response

"""`request.user` for pages: the person of the browser's session, in this organization only."""

from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from shared_apps.kernel.clock import utc_now
from shared_apps.web.errors import WrongTenant
from tenant_apps.accounts.browser_sessions import session_sign_in
from tenant_apps.accounts.devices import set_device_cookie
from tenant_apps.accounts.models import User


class PersonMiddleware(AuthenticationMiddleware):
    """Set `request.user` lazily: a request that never asks costs no query."""

    def process_request(self, request: HttpRequest) -> None:
        """Attach the lazy person, and its awaitable twin."""

        def person() -> Any:
            return find_session_person(request) or AnonymousUser()

        request.user = cast("User", SimpleLazyObject(person))
        request.auser = sync_to_async(person)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name a device to its browser once somebody signed in with it."""
        set_device_cookie(request, response)
        return response


def find_session_person(request: HttpRequest) -> User | None:
    """Return the person of the browser's session; None without one, or in another organization."""
    try:
        sign_in = session_sign_in(request, at=utc_now())
    except WrongTenant:
        return None
    return sign_in.user if sign_in else None

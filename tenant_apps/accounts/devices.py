"""Known devices: a cookie that keeps others' guesses from locking a person out.

Source: OWASP, "Slow down online guessing attacks with device cookies".
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from shared_apps.kernel.errors import DomainError
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import normal_email
from tenant_apps.accounts.tokens import DeviceToken, read_token

NEW_DEVICE = "prs_new_device"


def known_device(text: str, *, email: str) -> str:
    """Return the id of a device that this address signed in with before, "" for any other."""
    if not text:
        return ""
    try:
        token = read_token(DeviceToken, text)
    except DomainError:
        return ""
    return str(token["jti"]) if token["acc"] == _account(email) else ""


def device_cookie(request: HttpRequest) -> str:
    """Return what the request says about its device."""
    return request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")


def remember_device(request: HttpRequest, person: User) -> None:
    """Have the answer name this device to its browser, unless it is known for this person."""
    if known_device(device_cookie(request), email=person.email):
        return
    token = DeviceToken()
    token["acc"] = _account(person.email)
    setattr(request, NEW_DEVICE, str(token))


def set_device_cookie(request: HttpRequest, response: HttpResponseBase) -> None:
    """Add the cookie of a device that was remembered during the request; it is host-only."""
    text = getattr(request, NEW_DEVICE, "")
    if text:
        response.set_cookie(
            settings.DEVICE_COOKIE_NAME,
            text,
            max_age=int(DeviceToken.lifetime.total_seconds()),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _account(email: str) -> str:
    return salted_hmac("accounts.device", normal_email(email)).hexdigest()[:32]

"""How an admission is shown: the same answer after every last step."""

from datetime import datetime
from typing import Any

from rest_framework.request import Request

from tenant_apps.accounts.browser_sessions import open_session
from tenant_apps.accounts.devices import remember_device
from tenant_apps.accounts.models import SignInKind
from tenant_apps.accounts.services import Admission, issue_tokens

NOTHING: dict[str, Any] = {
    "access": None,
    "refresh": None,
    "challenge": None,
    "methods": (),
    "mfa_setup_due_at": None,
    "user": None,
}


def show_admission(admission: Admission, *, request: Request, at: datetime) -> dict[str, Any]:
    """Return what LoginOut shows; opens the browser session when one was asked for."""
    shown = {**NOTHING, "status": admission.status, "methods": admission.methods}
    sign_in = admission.sign_in
    if sign_in is None:
        return {**shown, "challenge": admission.challenge}
    remember_device(request._request, admission.person)  # noqa: SLF001  DRF's own way
    if sign_in.kind == SignInKind.BROWSER:
        open_session(request._request, sign_in=sign_in)  # noqa: SLF001  DRF's own way
    pair = issue_tokens(sign_in=sign_in, at=at)
    given = {"access": pair.access, "refresh": pair.refresh, "user": admission.person}
    return {**shown, **given, "mfa_setup_due_at": admission.setup_due_at}

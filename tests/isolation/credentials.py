"""Credentials of one organization at another: worth nothing, even where a row has the same id.

A sign-in and a browser session of the other organization get twins with the same ids here, as a
clone or a restored copy would have them: only the guards are left between the two.
"""

from copy import copy
from importlib import import_module
from typing import Any

from django.conf import settings

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import use_tenant
from tenant_apps.accounts.browser_sessions import AUDIENCE, KEY_VERSION, SIGN_IN
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import issue_handover, issue_tokens, open_sign_in, vouched
from tenant_apps.accounts.services.ws_tickets import issue_ticket
from tenant_apps.accounts.sockets import identify_now
from tenant_apps.accounts.tokens import current_audience, current_key_version
from tests.client import PrsClient
from tests.isolation.asking import Asking

ME, REFRESH = "/api/auth/me/", "/api/auth/token/refresh/"
UNAUTHENTICATED = 401
SESSIONS: Any = import_module(settings.SESSION_ENGINE)


def ask_with_foreign_credentials(asking: Asking) -> None:
    """Try every kind of credential of the other organization at home."""
    sign_in = _twin_sign_ins(asking)
    _ask_with_tokens(asking, sign_in)
    _ask_with_session(asking, sign_in)
    _ask_with_ticket(asking, sign_in)
    _ask_with_handover(asking, sign_in)


def _twin_sign_ins(asking: Asking) -> SignIn:
    """Open a sign-in of Sam's namesake elsewhere, and one of Sam's with the same ids at home."""
    at = utc_now()
    with use_tenant(asking.objects.away):
        stranger = User.objects.get(pk=asking.objects.foreign["person"][0])
        theirs = open_sign_in(person=stranger, kind=SignInKind.TOKEN, user_agent="", at=at)
    with use_tenant(asking.objects.home):
        twin = copy(theirs)
        twin.user = asking.objects.people["sam"]
        twin.save(force_insert=True)
    return theirs


def _ask_with_tokens(asking: Asking, sign_in: SignIn) -> None:
    with use_tenant(asking.objects.away):
        tokens = issue_tokens(sign_in=sign_in, at=utc_now())
    client = PrsClient(host=asking.objects.home.host)
    access = client.get(ME, headers={"Authorization": f"Bearer {tokens.access}"})
    _expect_refusal(asking, "an access token", access)
    _expect_refusal(asking, "a refresh token", client.post(REFRESH, {"refresh": tokens.refresh}))


def _ask_with_session(asking: Asking, sign_in: SignIn) -> None:
    with use_tenant(asking.objects.away):
        bound = {AUDIENCE: current_audience(), KEY_VERSION: current_key_version()}
    with use_tenant(asking.objects.home):
        twin = SESSIONS.SessionStore()
        twin.update({**bound, SIGN_IN: str(sign_in.pk)})
        twin.create()
    client = PrsClient(host=asking.objects.home.host)
    client.cookies[settings.SESSION_COOKIE_NAME] = twin.session_key
    _expect_refusal(asking, "a browser session", client.get(ME))


def _ask_with_ticket(asking: Asking, sign_in: SignIn) -> None:
    with use_tenant(asking.objects.away):
        ticket = issue_ticket(credential=sign_in)
    host = asking.objects.home.host
    scope = {
        "query_string": f"ticket={ticket}".encode(),
        "headers": [(b"host", host.encode())],
    }
    with use_tenant(asking.objects.home):
        person = identify_now(scope, at=utc_now())
    asking.asked += 1
    if person is not None:
        asking.wrong.append(f"a ticket of another organization opened a socket as {person}")


def _ask_with_handover(asking: Asking, sign_in: SignIn) -> None:
    with use_tenant(asking.objects.away):
        code = issue_handover(person=sign_in.user, proofs=vouched())
    browser = PrsClient(host=asking.objects.home.host)
    browser.get("/sign-in/provider/", {"code": code})
    _expect_refusal(asking, "a code from the platform's host", browser.get(ME))


def _expect_refusal(asking: Asking, what: str, response: Any) -> None:
    asking.asked += 1
    if response.status_code != UNAUTHENTICATED:
        asking.wrong.append(f"{what} of another organization is answered {response.status_code}")

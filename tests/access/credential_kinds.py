"""Every kind of credential of an organization: how it is made there, and where it is brought.

`KINDS` is complete by construction: test_credential_kinds.py fails when a class of token, a way to
say who sends a request, a place that draws a secret or an address with a token has no line here, or
in credential_places.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.field_keys import seal
from shared_apps.tenancy.context import Tenant, current_tenant, use_platform
from tenant_apps.accounts import tokens
from tenant_apps.accounts.browser_sessions import AUDIENCE, KEY_VERSION, SIGN_IN
from tenant_apps.accounts.devices import NEW_DEVICE, known_device, remember_device
from tenant_apps.accounts.models import Proof, SignInKind, User
from tenant_apps.accounts.selectors import list_second_factors
from tenant_apps.accounts.services import issue_tokens, open_sign_in, visit_code
from tenant_apps.accounts.services.handover import issue_handover, vouched
from tenant_apps.accounts.services.sign_ins import SignInTerms
from tenant_apps.accounts.services.ws_tickets import issue_ticket
from tenant_apps.accounts.sockets import identify_now
from tenant_apps.accounts.tokens import current_audience, current_key_version, make_token
from tenant_apps.accounts.totp import new_secret
from tenant_apps.invoices.services import link_invoice
from tests.access.keys import make_key
from tests.accounts.factors import give_app
from tests.cast import PASSWORD
from tests.client import PrsClient
from tests.factories.invoices import IssuedInvoiceFactory
from tests.platform_admin.visiting import begin

NEW_PASSWORD = "another horse battery 9"
SESSIONS: Any = import_module(settings.SESSION_ENGINE)
# what an answer of the passkey looks like that no device gave
NO_DEVICE = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}


@dataclass(frozen=True)
class Door:
    """Where a credential is brought: a host, and who is the holder's twin there.

    `auth` is where people sign in; `tenant` is None on the platform; `twins_token` is an access
    token of the twin, made there.
    """

    host: str
    auth: str
    tenant: Tenant | None
    email: str
    twins_token: str

    def client(self, text: str = "") -> PrsClient:
        """Return a client of the host, with the text as its bearer token."""
        client = PrsClient(host=self.host)
        if text:
            client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        return client


@dataclass(frozen=True)
class Holder:
    """Whose credentials they are: a person with twins elsewhere, and who makes things for them."""

    host: str
    person: User
    invited: User
    owner: User
    auth: str = "/api/auth/"


Make = Callable[[Holder], str]
# whether what was brought is taken there
Bring = Callable[[Door, str], bool]


@dataclass(frozen=True)
class Kind:
    """A kind of credential; `token` is its class where it is a signed token."""

    name: str
    make: Make
    bring: Bring
    token: type[tokens.BoundToken] | None = None


def is_taken(answer: Any, *codes: str) -> bool:
    """Return whether an answer is none of refusal, or one that a foreign credential never gets."""
    if answer.status_code < 400:
        return True
    is_json = "json" in answer.headers.get("Content-Type", "")
    return is_json and answer.json()["error"]["code"] in codes


def bearer(door: Door, text: str) -> bool:
    """Bring it as the sender of a request."""
    return is_taken(door.client(text).get(f"{door.auth}me/"))


def posted(path: str, name: str, *codes: str, **more: Any) -> Bring:
    """Bring it in a body; `codes` are refusals that only come after it was taken."""

    def bring(door: Door, text: str) -> bool:
        return is_taken(door.client().post(f"{door.auth}{path}", {name: text, **more}), *codes)

    return bring


def on_page(path: str) -> Bring:
    """Bring it with the form of a page that asks for a new password."""

    def bring(door: Door, text: str) -> bool:
        form = {"token": text, "password": NEW_PASSWORD, "new_password": NEW_PASSWORD}
        return is_taken(door.client().post(path, form, format="multipart"))

    return bring


def _sign_in_of(holder: Holder) -> Any:
    # operators have two factors always: without them nothing is renewed
    terms = SignInTerms(proofs=(Proof.PASSWORD, Proof.TOTP))
    return open_sign_in(
        person=holder.person, kind=SignInKind.TOKEN, user_agent="", at=utc_now(), terms=terms
    )


def _access(holder: Holder) -> str:
    return issue_tokens(sign_in=_sign_in_of(holder), at=utc_now()).access


def _refresh(holder: Holder) -> str:
    return issue_tokens(sign_in=_sign_in_of(holder), at=utc_now()).refresh


def _of(kind: type[tokens.BoundToken], /, **claims: str) -> Make:
    return lambda holder: str(make_token(kind, holder.person, **claims))


def _set_up(door: Door, text: str) -> bool:
    """Confirm an authenticator app, signed in there."""
    client = door.client(door.twins_token)
    answer = client.post(f"{door.auth}mfa/totp/confirm/", {"setup": text, "code": "000000"})
    return is_taken(answer, "validation_error", "invalid")


def _session(holder: Holder) -> str:
    session = SESSIONS.SessionStore()
    session.update(
        {
            AUDIENCE: current_audience(),
            KEY_VERSION: current_key_version(),
            SIGN_IN: str(_sign_in_of(holder).pk),
        }
    )
    session.create()
    return str(session.session_key)


def _cookie(door: Door, text: str) -> bool:
    client = door.client()
    client.cookies[settings.SESSION_COOKIE_NAME] = text
    return is_taken(client.get(f"{door.auth}me/"))


def _recovery_code(holder: Holder) -> str:
    return give_app(holder.person).recovery_codes[0]


def _twin_with_a_factor(door: Door) -> User:
    """Return the holder, or their twin, who has a second factor too: codes of their own."""
    twin = User.objects.get(email=door.email)
    if not list_second_factors(twin.pk):
        give_app(twin)
    return twin


def _as_second_step(door: Door, text: str) -> bool:
    """Bring a recovery code after the right password."""
    given = {"email": _twin_with_a_factor(door).email, "password": PASSWORD}
    first = door.client().post(f"{door.auth}login/", given).json()["data"]
    assert first["status"] == "mfa_required"
    step = {"challenge": first["challenge"], "recovery_code": text}
    return is_taken(door.client().post(f"{door.auth}login/mfa/", step))


def _to_step_up(door: Door, text: str) -> bool:
    """Bring a recovery code inside a sign-in, to prove again who one is."""
    twin = _twin_with_a_factor(door)
    opened = open_sign_in(person=twin, kind=SignInKind.TOKEN, user_agent="", at=utc_now())
    client = door.client(issue_tokens(sign_in=opened, at=utc_now()).access)
    assert client.get(f"{door.auth}me/").status_code == 200
    return is_taken(client.post(f"{door.auth}step-up/", {"recovery_code": text}))


def _scope(door: Door, query: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    named = [(b"host", door.host.encode()), *headers]
    return {"query_string": query.encode(), "headers": named}


def _socket_by_ticket(door: Door, text: str) -> bool:
    return identify_now(_scope(door, f"ticket={text}"), at=utc_now()) is not None


def _socket_by_cookie(door: Door, text: str) -> bool:
    cookie = f"{settings.SESSION_COOKIE_NAME}={text}".encode()
    scope = _scope(door, "", (b"cookie", cookie), (b"origin", f"http://{door.host}".encode()))
    return identify_now(scope, at=utc_now()) is not None


def _device(holder: Holder) -> str:
    request = HttpRequest()
    remember_device(request, holder.person)
    return str(getattr(request, NEW_DEVICE))


def _knows_device(door: Door, text: str) -> bool:
    return bool(known_device(text, email=door.email))


def _ceremony(holder: Holder) -> str:
    asked = PrsClient(host=holder.host).post(f"{holder.auth}login/passkey/begin/")
    return str(asked.json()["data"]["ceremony"])


def _app(holder: Holder) -> str:
    return str(make_token(tokens.TotpSetup, holder.person, secret=seal(new_secret())))


def _arrive(door: Door, text: str) -> bool:
    """Come back from the provider; whoever is taken has a session afterwards."""
    client = door.client()
    client.get("/sign-in/provider/", {"code": text})
    return is_taken(client.get(f"{door.auth}me/"))


def _visit(_holder: Holder) -> str:
    """Return the code of an operator's visit to the organization."""
    with use_platform():
        operator = User.objects.get(email="pat@platform.example")
    tenant = current_tenant()
    return visit_code(visit=begin(tenant, operator=operator), tenant=tenant)


def _go_in(door: Door, text: str) -> bool:
    client = door.client()
    client.get("/visit/", {"code": text})
    return is_taken(client.get(f"{door.auth}me/"))


def _invoice_link(holder: Holder) -> str:
    invoice = IssuedInvoiceFactory(by=holder.owner)
    made = link_invoice(invoice_id=invoice.pk, days=30, by=holder.owner, at=utc_now())
    return made.url.rstrip("/").rsplit("/", 1)[1]


def _open(suffix: str = "") -> Bring:
    return lambda door, text: is_taken(door.client().get(f"/i/{text}/{suffix}"))


def _key(holder: Holder) -> str:
    return make_key(holder.owner).text


def _ticket(holder: Holder) -> str:
    return issue_ticket(credential=_sign_in_of(holder))


def _ticket_of_key(holder: Holder) -> str:
    return issue_ticket(credential=make_key(holder.owner).key)


def _handover(holder: Holder) -> str:
    return issue_handover(person=holder.person, proofs=vouched())


def _invitation(holder: Holder) -> str:
    return str(make_token(tokens.InvitationToken, holder.invited))


_CHALLENGE = {"kind": SignInKind.TOKEN.value, "by": "password"}

KINDS: tuple[Kind, ...] = (
    Kind("access token", _access, bearer, tokens.BoundAccessToken),
    Kind("access token to verify", _access, posted("token/verify/", "token")),
    Kind("refresh token", _refresh, posted("token/refresh/", "refresh"), tokens.BoundRefreshToken),
    Kind(
        "challenge for the second factor",
        _of(tokens.SecondFactorChallenge, **_CHALLENGE),
        posted("login/mfa/", "challenge", "wrong_code", code="000000"),
        tokens.SecondFactorChallenge,
    ),
    Kind(
        "challenge for a new password",
        _of(tokens.PasswordChallenge),
        posted("password/change/", "challenge", new_password=NEW_PASSWORD),
        tokens.PasswordChallenge,
    ),
    Kind(
        "challenge to set up a second factor",
        _of(tokens.EnrolmentChallenge, **_CHALLENGE),
        lambda door, text: is_taken(door.client(text).post(f"{door.auth}mfa/totp/begin/")),
        tokens.EnrolmentChallenge,
    ),
    Kind(
        "authenticator app being set up",
        _app,
        _set_up,
        tokens.TotpSetup,
    ),
    Kind(
        "question to a passkey",
        _ceremony,
        posted("login/passkey/", "ceremony", "wrong_passkey", credential=NO_DEVICE),
        tokens.PasskeyCeremony,
    ),
    Kind("code of a provider's sign-in", _handover, _arrive, tokens.HandoverCode),
    Kind("code of an operator's visit", _visit, _go_in, tokens.VisitToken),
    Kind("known device", _device, _knows_device, tokens.DeviceToken),
    Kind(
        "reset link",
        _of(tokens.ResetToken),
        posted("password/reset/confirm/", "token", new_password=NEW_PASSWORD),
        tokens.ResetToken,
    ),
    Kind(
        "reset link on its page",
        _of(tokens.ResetToken),
        on_page("/password/reset/"),
    ),
    Kind(
        "invitation link",
        _invitation,
        posted("invitations/accept/", "token", password=NEW_PASSWORD),
        tokens.InvitationToken,
    ),
    Kind(
        "invitation link on its page",
        _invitation,
        on_page("/invitations/accept/"),
    ),
    Kind("link of a founder or an operator", _invitation, on_page("/welcome/")),
    Kind("recovery code", _recovery_code, _as_second_step),
    Kind("recovery code at a step-up", _recovery_code, _to_step_up),
    Kind("browser session", _session, _cookie),
    Kind("browser session at a socket", _session, _socket_by_cookie),
    Kind("socket ticket", _ticket, _socket_by_ticket),
    Kind("socket ticket of a program", _ticket_of_key, _socket_by_ticket),
    Kind("API key", _key, bearer),
    Kind("invoice link", _invoice_link, _open()),
    Kind("invoice link to the PDF", _invoice_link, _open("pdf/")),
)


# Kinds that operators do not have, and why; all others are brought from the platform as well.
NOT_OF_OPERATORS: dict[str, str] = {
    "code of a provider's sign-in": "the platform has no provider",
    "code of an operator's visit": "it is made for an organization alone, which KINDS shows",
    "reset link": "an operator is helped by another one: no route of the platform takes it",
    "reset link on its page": "no page of the platform takes it",
    "invitation link": "their link leads to another page, which is a kind of its own",
    "invitation link on its page": "their link leads to another page, which is a kind of its own",
    "browser session at a socket": "the platform has no sockets",
    "socket ticket": "the platform has no sockets",
    "socket ticket of a program": "the platform has no programs",
    "API key": "the platform has no programs",
    "invoice link": "the platform has no invoices",
    "invoice link to the PDF": "the platform has no invoices",
}

"""Signing in and out, and one's own account."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from dj_rest_auth.views import LoginView as StockLoginView
from dj_rest_auth.views import LogoutView as StockLogoutView
from django.conf import settings
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.web.errors import NotSignedIn
from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.accounts.api import serializers
from tenant_apps.accounts.api.admission import show_admission
from tenant_apps.accounts.authentication import sign_in_of_access_token
from tenant_apps.accounts.browser_sessions import close_session
from tenant_apps.accounts.devices import device_cookie
from tenant_apps.accounts.models import ApiKey, SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    PersonChanges,
    SignInAttempt,
    accept_invitation,
    ask_password_reset,
    change_password,
    end_impersonation,
    end_sign_in,
    issue_ticket,
    refresh_tokens,
    replace_required_password,
    reset_password,
    sign_in,
    update_person,
)
from tenant_apps.accounts.tokens import BEARER

if TYPE_CHECKING:
    from collections.abc import Sequence

# A form could be posted by a foreign page without asking first; JSON cannot.
PARSERS = cast("Sequence[type[BaseParser]]", api_settings.DEFAULT_PARSER_CLASSES)
JSON_ONLY = tuple(parser for parser in PARSERS if issubclass(parser, JSONParser))
DEFAULT_PERMISSIONS = cast(
    "Sequence[type[BasePermission]]", api_settings.DEFAULT_PERMISSION_CLASSES
)
PERSON_EXAMPLE = {
    "id": "0197a1b2-0000-7000-8000-000000000001",
    "email": "sam@acme.example",
    "first_name": "Sam",
    "last_name": "Seller",
    "full_name": "Sam Seller",
    "status": "active",
    "password_change_required": False,
    "picture_url": None,
}
ME_EXAMPLE = {
    **PERSON_EXAMPLE,
    "phone": "",
    "locale": "en",
    "timezone": "Europe/Berlin",
    "permissions": {"deals.view": "own", "payments.submit": "own"},
    "created_at": "2026-03-02T11:00:00Z",
    "version": 1,
}
PAIR_EXAMPLE = {"access": "eyJhbGciOi...", "refresh": "eyJhbGciOi..."}


class LoginView(ApiViewSet, StockLoginView):  # type: ignore[misc]  # dj-rest-auth is untyped
    """dj-rest-auth's sign-in, through the one door."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(
        request=serializers.LoginSerializer,
        response=serializers.LoginOut,
        status=200,
        request_example={"email": "sam@acme.example", "password": "correct horse battery"},
        example={
            "status": "signed_in",
            **PAIR_EXAMPLE,
            "challenge": None,
            "methods": [],
            "mfa_setup_due_at": None,
            "user": PERSON_EXAMPLE,
        },
    )
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sign in with e-mail address and password."""
        return cast("Response", super().post(request, *args, **kwargs))

    def login(self) -> None:
        """Go to the door."""
        given = self.serializer.validated_data
        attempt = SignInAttempt(
            email=given["email"],
            password=given["password"],
            kind=SignInKind.BROWSER if given["session"] else SignInKind.TOKEN,
            user_agent=self.request.headers.get("User-Agent", ""),
            device=device_cookie(self.request._request),  # noqa: SLF001  DRF's own way
        )
        self.admission = sign_in(attempt=attempt, at=self.at)

    def get_response(self) -> Response:
        """Answer with tokens, or with the challenge of the step that is missing."""
        shown = show_admission(self.admission, request=self.request, at=self.at)
        return self.one(shown, serializers.LoginOut)


class LogoutView(ApiViewSet, StockLogoutView):  # type: ignore[misc]  # dj-rest-auth is untyped
    """dj-rest-auth's sign-out, which here ends the tokens too."""

    permissions: ClassVar = {"post": None}
    permission_classes = DEFAULT_PERMISSIONS  # the stock view lets anyone through
    allowed_when_impersonated = True
    http_method_names = ["post"]
    allowed_when_suspended = True

    @documented()
    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End this sign-in: its tokens and its browser session stop working at once."""
        return cast("Response", super().post(request, *args, **kwargs))

    def logout(self, request: Request) -> Response:
        """End the sign-in of the request."""
        sign_in = cast("SignIn", request.auth)
        end = end_sign_in if sign_in.impersonation_id is None else end_impersonation
        end(sign_in_id=sign_in.pk, at=self.at)
        close_session(request._request)  # noqa: SLF001  DRF's own way
        return self.nothing()


class TokenViewSet(ApiViewSet):
    """Tokens, by themselves: whoever holds one may ask."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(
        request=serializers.RefreshIn,
        response=serializers.TokensOut,
        status=200,
        request_example={"refresh": "eyJhbGciOi..."},
        example=PAIR_EXAMPLE,
    )
    def refresh(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair; it is good once."""
        pair = refresh_tokens(refresh=self.read(serializers.RefreshIn)["refresh"], at=self.at)
        return self.one(pair, serializers.TokensOut)

    @documented(
        request=serializers.VerifyIn,
        response=serializers.VerifyOut,
        status=200,
        request_example={"token": "eyJhbGciOi..."},
        example={"user_id": PERSON_EXAMPLE["id"]},
    )
    def verify(self, request: Request) -> Response:
        """Say whether an access token is good here and now."""
        text = self.read(serializers.VerifyIn)["token"]
        return self.one(sign_in_of_access_token(text, at=self.at), serializers.VerifyOut)

    @documented(
        request=serializers.AcceptInvitationIn,
        request_example={"token": "eyJhbGciOi...", "password": "correct horse battery"},
    )
    def accept_invitation(self, request: Request) -> Response:
        """Choose the first password with the token of an invitation's link."""
        given = self.read(serializers.AcceptInvitationIn)
        accept_invitation(token=given["token"], password=given["password"], at=self.at)
        return self.nothing()


class PasswordViewSet(ApiViewSet):
    """One's own password; nobody ever sets another's."""

    permission_classes = (AllowAny,)
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(
        request=serializers.PasswordChangeIn,
        request_example={"old_password": "correct horse", "new_password": "battery staple 7"},
    )
    def change(self, request: Request) -> Response:
        """Replace one's password, which ends every sign-in; then sign in anew."""
        given = self.read(serializers.PasswordChangeIn)
        if "challenge" in given:
            replace_required_password(**given, at=self.at)
        else:
            change_password(person=self._signed_in_person(), **given, at=self.at)
        return self.nothing()

    @documented(request=serializers.ResetIn, request_example={"email": "sam@acme.example"})
    def ask_reset(self, request: Request) -> Response:
        """Have a link for a new password sent; the answer is the same for unknown addresses."""
        ask_password_reset(email=self.read(serializers.ResetIn)["email"], at=self.at)
        return self.nothing()

    @documented(
        request=serializers.ResetConfirmIn,
        request_example={"token": "eyJhbGciOi...", "new_password": "battery staple 7"},
    )
    def confirm_reset(self, request: Request) -> Response:
        """Choose a new password with the token of the link; then sign in."""
        reset_password(**self.read(serializers.ResetConfirmIn), at=self.at)
        return self.nothing()

    def _signed_in_person(self) -> User:
        if not self.request.user.is_authenticated or self.viewer.is_service_account:
            raise NotSignedIn(headers=BEARER)
        if self.viewer.impersonation is not None:
            raise PermissionRefused("You act as somebody else: their password is theirs.")
        return self.viewer


class MeViewSet(ApiViewSet):
    """One's own account."""

    permissions: ClassVar = {"retrieve": None, "partial_update": None}
    key_actions: ClassVar = frozenset({"retrieve"})

    @documented(response=serializers.MeOut, example=ME_EXAMPLE)
    def retrieve(self, request: Request) -> Response:
        """Show one's own account and what one may do."""
        return self.one(self.viewer, serializers.MeOut)

    @documented(
        request=serializers.MeIn,
        response=serializers.MeOut,
        request_example={"first_name": "Samuel"},
        example=ME_EXAMPLE,
    )
    def partial_update(self, request: Request) -> Response:
        """Change one's own names and contact details."""
        given = self.read(serializers.MeIn, current=serializers.MeOut(self.viewer))
        person = update_person(
            user_id=self.viewer.pk,
            changes=PersonChanges(**given),
            expected_version=self.expected_version(),
            by=self.viewer.actor,
            at=self.at,
        )
        person.granted = self.viewer.granted
        return self.one(person, serializers.MeOut)


class TicketView(ApiViewSet):
    """Tickets for programs that open a WebSocket."""

    permissions: ClassVar = {"create": None}
    key_actions: ClassVar = frozenset({"create"})
    allowed_when_suspended = True

    @documented(
        response=serializers.TicketOut,
        status=200,
        example={"ticket": "pXyZ...", "expires_in": 30},
    )
    def create(self, request: Request) -> Response:
        """Get a ticket that opens one WebSocket within 30 seconds (`?ticket=`)."""
        ticket = issue_ticket(credential=cast("SignIn | ApiKey", request.auth))
        shown = {"ticket": ticket, "expires_in": settings.WS_TICKET_LIFETIME_S}
        return self.one(shown, serializers.TicketOut)

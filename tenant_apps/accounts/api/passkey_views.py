"""Passkeys: one's own, and signing in with one."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.accounts.api import passkey_serializers as serializers
from tenant_apps.accounts.api.admission import show_admission
from tenant_apps.accounts.api.mfa_serializers import EnrolledOut
from tenant_apps.accounts.api.mfa_views import CODES_EXAMPLE, LOGIN_EXAMPLE, EnrolmentViews
from tenant_apps.accounts.api.serializers import LoginOut
from tenant_apps.accounts.api.views import JSON_ONLY
from tenant_apps.accounts.models import Proof, SignIn, SignInKind
from tenant_apps.accounts.selectors import list_passkeys
from tenant_apps.accounts.services import (
    PasskeyAnswer,
    add_passkey,
    begin_passkey,
    begin_passkey_use,
    remove_passkey,
    rename_passkey,
    sign_in_with_passkey,
)

QUESTION_EXAMPLE: dict[str, Any] = {
    "ceremony": "eyJhbGciOi...",
    "options": {"publicKey": {"challenge": "omsZYQciWq7...", "rpId": "acme.example.com"}},
}
PASSKEY_EXAMPLE: dict[str, Any] = {
    "id": 3,
    "name": "My laptop",
    "created_at": "2026-03-02T11:00:00Z",
    "last_used_at": None,
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "ceremony": "eyJhbGciOi...",
    "credential": {"id": "AbC...", "rawId": "AbC...", "type": "public-key", "response": {}},
}


class PasskeyLoginView(ApiViewSet):
    """Signing in with a passkey, without a password."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(response=serializers.PasskeyQuestionOut, status=200, example=QUESTION_EXAMPLE)
    def begin(self, request: Request) -> Response:
        """Get what `navigator.credentials.get` needs: for a sign-in, a second step, a step-up."""
        return self.one(begin_passkey_use(), serializers.PasskeyQuestionOut)

    @documented(
        request=serializers.PasskeyLoginIn,
        response=LoginOut,
        status=200,
        request_example=ANSWER_EXAMPLE,
        example=LOGIN_EXAMPLE,
    )
    def complete(self, request: Request) -> Response:
        """Sign in with the answer of a passkey."""
        given = self.read(serializers.PasskeyLoginIn)
        admission = sign_in_with_passkey(
            answer=PasskeyAnswer(ceremony=given["ceremony"], credential=given["credential"]),
            kind=SignInKind.BROWSER if given["session"] else SignInKind.TOKEN,
            user_agent=request.headers.get("User-Agent", ""),
            at=self.at,
        )
        return self.one(show_admission(admission, request=request, at=self.at), LoginOut)


class PasskeyViewSet(EnrolmentViews):
    """One's own passkeys. Making and removing one needs a recent proof of who one is."""

    permissions: ClassVar = {
        "list": None,
        "begin": None,
        "confirm": None,
        "rename": None,
        "remove": None,
    }
    enrolment_actions: ClassVar = frozenset({"begin", "confirm"})

    @documented(response=serializers.PasskeyOut, example=PASSKEY_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List one's passkeys."""
        return self.page(list_passkeys(self.viewer.pk), serializers.PasskeyOut)

    @documented(response=serializers.PasskeyQuestionOut, status=200, example=QUESTION_EXAMPLE)
    def begin(self, request: Request) -> Response:
        """Get what `navigator.credentials.create` needs; nothing changes until it answers."""
        self.require_recent_proof()
        return self.one(begin_passkey(person=self.viewer), serializers.PasskeyQuestionOut)

    @documented(
        request=serializers.NewPasskeyIn,
        response=EnrolledOut,
        status=200,
        request_example={**ANSWER_EXAMPLE, "name": "My laptop"},
        example={"recovery_codes": CODES_EXAMPLE, "sign_in": None},
    )
    def confirm(self, request: Request) -> Response:
        """Keep a passkey; sign-ins without a second factor end. The recovery codes come once."""
        self.require_recent_proof()
        codes = self._add(self.read(serializers.NewPasskeyIn))
        return self.enrolled(codes, Proof.PASSKEY)

    @documented(
        request=serializers.PasskeyNameIn,
        response=serializers.PasskeyOut,
        status=200,
        request_example={"name": "My laptop"},
        example=PASSKEY_EXAMPLE,
    )
    def rename(self, request: Request, pk: int) -> Response:
        """Call a passkey by another name."""
        name = self.read(serializers.PasskeyNameIn)["name"]
        row = rename_passkey(person=self.viewer, passkey_id=pk, name=name, at=self.at)
        return self.one(row, serializers.PasskeyOut)

    @documented()
    def remove(self, request: Request, pk: int) -> Response:
        """Give a passkey up; the last factor of a role that needs one stays."""
        self.require_recent_proof()
        remove_passkey(person=self.viewer, passkey_id=pk, at=self.at)
        return self.nothing()

    def _add(self, given: dict[str, Any]) -> Sequence[str]:
        answer = PasskeyAnswer(ceremony=given["ceremony"], credential=given["credential"])
        auth = self.request.auth
        sign_in = auth if isinstance(auth, SignIn) else None
        return add_passkey(
            person=self.viewer, name=given["name"], answer=answer, at=self.at, sign_in=sign_in
        )

"""Second factors: the second step of a sign-in, setting factors up, proving again who one is."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar, cast

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.views import ApiViewSet
from tenant_apps.accounts.api import mfa_serializers as serializers
from tenant_apps.accounts.api.admission import show_admission
from tenant_apps.accounts.api.serializers import LoginOut
from tenant_apps.accounts.api.views import JSON_ONLY, PAIR_EXAMPLE, PERSON_EXAMPLE
from tenant_apps.accounts.authentication import Enrolment, EnrolmentAuthentication
from tenant_apps.accounts.models import Proof, SignIn
from tenant_apps.accounts.selectors import read_mfa_status
from tenant_apps.accounts.services import (
    Evidence,
    PasskeyAnswer,
    ProviderRequired,
    SecondStep,
    SignInRefused,
    admit,
    begin_totp,
    confirm_totp,
    finish_sign_in,
    remove_totp,
    replace_recovery_codes,
    require_recent_proof,
    second_factor_grace,
    step_up,
)

LOGIN_EXAMPLE: dict[str, Any] = {
    "status": "signed_in",
    **PAIR_EXAMPLE,
    "challenge": None,
    "methods": [],
    "mfa_setup_due_at": None,
    "user": PERSON_EXAMPLE,
}
CODES_EXAMPLE = ["k7wd-2m9x-hq4t-vb8c", "p3rn-8yzc-5fjm-wk2d"]


class SecondStepView(ApiViewSet):
    """The second step of a sign-in."""

    permission_classes = (AllowAny,)
    authentication_classes = ()
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(
        request=serializers.SecondStepIn,
        response=LoginOut,
        status=200,
        request_example={"challenge": "eyJhbGciOi...", "code": "492039"},
        example=LOGIN_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Prove the second factor with the challenge that the first step was answered with."""
        given = self.read(serializers.SecondStepIn)
        agent = request.headers.get("User-Agent", "")
        step = SecondStep(**with_passkey(given), user_agent=agent)
        admission = finish_sign_in(step=step, at=self.at)
        return self.one(show_admission(admission, request=request, at=self.at), LoginOut)


class EnrolmentViews(ApiViewSet):
    """Setting up a second factor: inside a sign-in, or with the challenge of the door.

    A person whom the door sent to set one up sends its challenge as the bearer token of the
    actions that `enrolment_actions` names.
    """

    parser_classes = JSON_ONLY
    allowed_when_suspended = True
    enrolment_actions: ClassVar[frozenset[str]] = frozenset()

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Let the door's challenge in where a factor is set up."""
        usual = super().get_authenticators()
        action = self.action_map.get(str(self.request.method).lower()) if self.request else None
        return [EnrolmentAuthentication(), *usual] if action in self.enrolment_actions else usual

    def require_recent_proof(self) -> None:
        """Ask for a recent proof inside a sign-in; the door's challenge is one."""
        if not isinstance(self.request.auth, Enrolment):
            require_recent_proof(self.request.auth, at=self.at)

    def enrolled(self, codes: Sequence[str], factor: Proof) -> Response:
        """Answer with the codes; take a person who came from the door back to it.

        The factor is kept by now and the codes are shown this once, so they are the answer also
        when the door has become another one meanwhile and refuses.
        """
        credential, shown = self.request.auth, None
        if isinstance(credential, Enrolment):
            with suppress(SignInRefused, ProviderRequired):
                shown = self._come_back(credential, factor)
        return self.one({"recovery_codes": codes, "sign_in": shown}, serializers.EnrolledOut)

    def _come_back(self, enrolment: Enrolment, factor: Proof) -> dict[str, Any]:
        agent = self.request.headers.get("User-Agent", "")
        visit = enrolment.visit_with(factor, user_agent=agent)
        admission = admit(person=self.viewer, visit=visit, at=self.at)
        return show_admission(admission, request=self.request, at=self.at)


class MfaViewSet(EnrolmentViews):
    """One's own second factors. All but looking needs a recent proof of who one is."""

    permissions: ClassVar = {
        "status": None,
        "begin": None,
        "confirm": None,
        "remove": None,
        "recovery_codes": None,
    }
    enrolment_actions: ClassVar = frozenset({"begin", "confirm"})

    @documented(
        response=serializers.MfaStatusOut,
        example={"totp": True, "passkeys": 1, "recovery_codes_left": 9, "is_required": True},
    )
    def status(self, request: Request) -> Response:
        """Show which second factors one has."""
        is_required = second_factor_grace(self.viewer) is not None
        shown = read_mfa_status(self.viewer, is_required=is_required)
        return self.one(shown, serializers.MfaStatusOut)

    @documented(
        response=serializers.TotpOfferOut,
        status=200,
        example={
            "setup": "eyJhbGciOi...",
            "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "uri": "otpauth://totp/Acme:sam%40acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Acme",
            "qr_svg": "<svg ...>",
        },
    )
    def begin(self, request: Request) -> Response:
        """Get a new secret for an authenticator app; nothing changes until it is confirmed."""
        self.require_recent_proof()
        return self.one(begin_totp(person=self.viewer), serializers.TotpOfferOut)

    @documented(
        request=serializers.TotpConfirmIn,
        response=serializers.EnrolledOut,
        status=200,
        request_example={"setup": "eyJhbGciOi...", "code": "492039"},
        example={"recovery_codes": CODES_EXAMPLE, "sign_in": None},
    )
    def confirm(self, request: Request) -> Response:
        """Keep the app with its first code; other sign-ins end. The recovery codes come once."""
        self.require_recent_proof()
        auth = self.request.auth
        codes = confirm_totp(
            person=self.viewer,
            **self.read(serializers.TotpConfirmIn),
            at=self.at,
            sign_in=auth if isinstance(auth, SignIn) else None,
        )
        return self.enrolled(codes, Proof.TOTP)

    @documented()
    def remove(self, request: Request) -> Response:
        """Give up the authenticator app; the last factor of a role that needs one stays."""
        self.require_recent_proof()
        remove_totp(person=self.viewer, at=self.at)
        return self.nothing()

    @documented(
        response=serializers.RecoveryCodesOut,
        status=200,
        example={"recovery_codes": CODES_EXAMPLE},
    )
    def recovery_codes(self, request: Request) -> Response:
        """Get ten new recovery codes, shown this once; the old ones stop working."""
        self.require_recent_proof()
        codes = replace_recovery_codes(person=self.viewer, at=self.at)
        return self.one({"recovery_codes": codes}, serializers.RecoveryCodesOut)


class StepUpView(ApiViewSet):
    """Proving again who one is."""

    permissions: ClassVar = {"create": None}
    parser_classes = JSON_ONLY
    allowed_when_suspended = True

    @documented(
        request=serializers.StepUpIn,
        response=serializers.StepUpOut,
        status=200,
        request_example={"code": "492039"},
        example={"valid_until": "2026-03-02T11:15:00Z"},
    )
    def create(self, request: Request) -> Response:
        """Prove again who one is: the second factor, or the password of a person without one."""
        evidence = Evidence(**with_passkey(self.read(serializers.StepUpIn)))
        step_up(sign_in=cast("SignIn", request.auth), evidence=evidence, at=self.at)
        shown = {"valid_until": self.at + timedelta(minutes=settings.STEP_UP_MINUTES)}
        return self.one(shown, serializers.StepUpOut)


def with_passkey(given: dict[str, Any]) -> dict[str, Any]:
    """Return what was given with the two parts of a passkey's answer as one."""
    passkey = given.pop("passkey", None)
    return {**given, "passkey": PasskeyAnswer(**passkey)} if passkey else given

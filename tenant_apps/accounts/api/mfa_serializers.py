"""What second factors take and give."""

from typing import Any

from rest_framework import serializers

from shared_apps.web.serializers import InputSerializer, OutputSerializer
from tenant_apps.accounts.api.passkey_serializers import PasskeyAnswerIn
from tenant_apps.accounts.api.serializers import LoginOut, PasswordField


class CodeField(serializers.CharField):
    """Six digits of an authenticator app."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=10, **kwargs)


class SecondStepIn(InputSerializer):
    """The challenge of the first step, and a code of the app, a recovery code or a passkey."""

    challenge = serializers.CharField(max_length=4096)
    code = CodeField(required=False)
    recovery_code = serializers.CharField(max_length=64, required=False)
    passkey = PasskeyAnswerIn(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept one of the three."""
        if len(attrs) != 2:
            message = "Send a code, a recovery code or the answer of a passkey."
            raise serializers.ValidationError({"code": [message]})
        return attrs


class StepUpIn(InputSerializer):
    """A code of the app, a recovery code, a passkey, or the password of a person without any."""

    password = PasswordField(required=False)
    code = CodeField(required=False)
    recovery_code = serializers.CharField(max_length=64, required=False)
    passkey = PasskeyAnswerIn(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept one of the four."""
        if len(attrs) != 1:
            message = "Send a code, a recovery code, the answer of a passkey or the password."
            raise serializers.ValidationError({"code": [message]})
        return attrs


class StepUpOut(OutputSerializer):
    """Until when the proof counts as a recent one."""

    valid_until = serializers.DateTimeField()


class MfaStatusOut(OutputSerializer):
    """Which second factors a person has, and whether their role asks for one."""

    totp = serializers.BooleanField()
    passkeys = serializers.IntegerField()
    recovery_codes_left = serializers.IntegerField()
    is_required = serializers.BooleanField()


class TotpOfferOut(OutputSerializer):
    """What an authenticator app needs; `setup` goes back with the first code."""

    setup = serializers.CharField()
    secret = serializers.CharField()
    uri = serializers.CharField()
    qr_svg = serializers.CharField()


class TotpConfirmIn(InputSerializer):
    """The token of the offer, and the app's first code."""

    setup = serializers.CharField(max_length=4096)
    code = CodeField()


class RecoveryCodesOut(OutputSerializer):
    """Recovery codes, shown this once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class EnrolledOut(RecoveryCodesOut):
    """The codes of a first factor, and the sign-in of a person who came from the door for it."""

    sign_in = LoginOut(allow_null=True)

"""What signing in takes and gives."""

from typing import Any
from zoneinfo import available_timezones

from rest_framework import serializers

from shared_apps.web.serializers import InputSerializer, OutputSerializer
from tenant_apps.accounts.services import STATUSES


class PasswordField(serializers.CharField):
    """A password: spaces count, and it is never echoed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 1024)
        super().__init__(
            write_only=True, trim_whitespace=False, style={"input_type": "password"}, **kwargs
        )


class LoginSerializer(InputSerializer):
    """Who signs in; `session` opens a browser session beside the tokens."""

    email = serializers.CharField(max_length=254)
    password = PasswordField()
    session = serializers.BooleanField(default=False)


class PersonOut(OutputSerializer):
    """A person as others see them."""

    id = serializers.UUIDField()
    email = serializers.EmailField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    full_name = serializers.CharField()
    status = serializers.CharField()
    password_change_required = serializers.BooleanField()
    picture_url = serializers.CharField(allow_null=True)


class LoginOut(OutputSerializer):
    """How a sign-in went: tokens, or a challenge for the step that is missing.

    `methods` are the proofs that `login/mfa/` takes; `mfa_setup_due_at` is the instant from which
    the person can no longer come without a second factor.
    """

    status = serializers.ChoiceField(choices=STATUSES)
    access = serializers.CharField(allow_null=True)
    refresh = serializers.CharField(allow_null=True)
    challenge = serializers.CharField(allow_null=True)
    methods = serializers.ListField(child=serializers.CharField())
    mfa_setup_due_at = serializers.DateTimeField(allow_null=True)
    user = PersonOut(allow_null=True)


class RefreshIn(InputSerializer):
    """The refresh token to exchange; it is good once."""

    refresh = serializers.CharField(max_length=4096)


class TokensOut(OutputSerializer):
    """The next pair of tokens."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class VerifyIn(InputSerializer):
    """An access token to look at."""

    token = serializers.CharField(max_length=4096)


class VerifyOut(OutputSerializer):
    """Whose token it is."""

    user_id = serializers.UUIDField()


class MeOut(PersonOut):
    """A person as they see themselves: `permissions` maps what they may do to its scope."""

    phone = serializers.CharField()
    locale = serializers.CharField()
    timezone = serializers.CharField()
    permissions = serializers.DictField(child=serializers.CharField(), source="granted")
    created_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class MeIn(InputSerializer):
    """What people change about themselves."""

    first_name = serializers.CharField(max_length=100, allow_blank=True)
    last_name = serializers.CharField(max_length=100, allow_blank=True)
    phone = serializers.CharField(max_length=32, allow_blank=True)
    locale = serializers.RegexField(r"^[a-z]{2}(-[A-Z]{2})?$")
    timezone = serializers.CharField(max_length=64, allow_blank=True)

    def validate_timezone(self, value: str) -> str:
        """Accept an IANA zone, or nothing for the organization's."""
        if value and value not in available_timezones():
            raise serializers.ValidationError("This is not an IANA time zone.")
        return value


class PasswordChangeIn(InputSerializer):
    """The old password, or the challenge that a sign-in answered with, and the new password."""

    old_password = PasswordField(required=False)
    challenge = serializers.CharField(max_length=4096, required=False)
    new_password = PasswordField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept either the old password or a challenge."""
        if ("old_password" in attrs) == ("challenge" in attrs):
            message = "Send the old password, or the challenge of a sign-in."
            raise serializers.ValidationError({"old_password": [message]})
        return attrs


class ResetIn(InputSerializer):
    """The address of the account whose password was forgotten."""

    email = serializers.CharField(max_length=254)


class ResetConfirmIn(InputSerializer):
    """The token of the link, and the new password."""

    token = serializers.CharField(max_length=4096)
    new_password = PasswordField()


class AcceptInvitationIn(InputSerializer):
    """The token of the invitation's link, and the first password."""

    token = serializers.CharField(max_length=4096)
    password = PasswordField()


class TicketOut(OutputSerializer):
    """A ticket that opens one WebSocket."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField()

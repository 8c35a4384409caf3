"""What passkeys take and give."""

from typing import Any

from rest_framework import serializers

from shared_apps.web.serializers import InputSerializer, OutputSerializer


class PasskeyQuestionOut(OutputSerializer):
    """`options` for `navigator.credentials`; `ceremony` goes back with the answer."""

    ceremony = serializers.CharField()
    options = serializers.DictField()


class PasskeyAnswerIn(InputSerializer):
    """The token of the question, and the browser's answer (`credential.toJSON()`)."""

    ceremony = serializers.CharField(max_length=4096)
    credential = serializers.DictField()


class NewPasskeyIn(PasskeyAnswerIn):
    """A new passkey with a name that its owner will know it by."""

    name = serializers.CharField(max_length=100)


class PasskeyNameIn(InputSerializer):
    """Another name for a passkey."""

    name = serializers.CharField(max_length=100)


class PasskeyLoginIn(PasskeyAnswerIn):
    """A passkey to sign in with; `session` opens a browser session beside the tokens."""

    session = serializers.BooleanField(default=False)


class PasskeyOut(OutputSerializer):
    """A passkey, by name."""

    id = serializers.IntegerField()
    name = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)

    def get_name(self, row: Any) -> str:
        """Return the name that its owner gave it."""
        return str(row.data.get("name", ""))

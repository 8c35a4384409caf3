"""Where one is signed in, and ending that."""

from typing import Any, ClassVar, cast

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import OutputSerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.accounts.models import SignIn
from tenant_apps.accounts.selectors import list_open_sign_ins
from tenant_apps.accounts.services import revoke_other_sign_ins, revoke_sign_in


class SessionOut(OutputSerializer):
    """A sign-in: since when, from where, with what, until when."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    proofs = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ip = serializers.CharField(allow_null=True)
    user_agent = serializers.CharField()
    is_current = serializers.SerializerMethodField()

    def get_proofs(self, row: SignIn) -> list[str]:
        """Return what was proved."""
        return [name for name in row.proofs.split("+") if name]

    def get_is_current(self, row: SignIn) -> bool:
        """Return whether the request came with it."""
        current: Any = self.context["request"].auth
        return bool(row.pk == getattr(current, "pk", None))


class RevokedOut(OutputSerializer):
    """How many sign-ins were ended."""

    ended = serializers.IntegerField()


class SessionViewSet(ApiViewSet):
    """One's own sign-ins."""

    permissions: ClassVar = {"list": None, "revoke": None, "revoke_others": None}
    allowed_when_suspended = True

    @documented(
        response=SessionOut,
        example={
            "id": "0197a1b2-0000-7000-8000-000000000005",
            "kind": "browser",
            "proofs": ["password", "totp"],
            "started_at": "2026-03-02T11:00:00Z",
            "expires_at": "2026-03-16T11:00:00Z",
            "ip": "203.0.113.9",
            "user_agent": "Mozilla/5.0",
            "is_current": True,
        },
    )
    def list(self, request: Request) -> Response:
        """List one's open sign-ins, the newest first."""
        return self.page(list_open_sign_ins(self.viewer.pk, at=self.at), SessionOut)

    @documented()
    def revoke(self, request: Request, pk: str) -> Response:
        """End one of one's sign-ins; its tokens and its browser session stop working at once."""
        revoke_sign_in(person=self.viewer, sign_in_id=parse_id(pk), at=self.at)
        return self.nothing()

    @documented(response=RevokedOut, status=200, example={"ended": 2})
    def revoke_others(self, request: Request) -> Response:
        """End all of one's sign-ins but this one."""
        count = revoke_other_sign_ins(sign_in=cast("SignIn", request.auth), at=self.at)
        return self.one({"ended": count}, RevokedOut)

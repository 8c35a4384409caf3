"""How people must sign in, and the reset of another's second factors."""

from typing import Any, ClassVar

from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.access.services import (
    agree_to_mfa_reset,
    ask_for_mfa_reset,
    change_sign_in_policy,
    force_password_changes,
    sign_everyone_out,
    sign_member_out,
    turn_mfa_reset_down,
)
from tenant_apps.access.sign_in_policy import PolicyTerms, read_policy
from tenant_apps.accounts.selectors import get_mfa_reset, list_mfa_resets

RESET_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-000000000009",
    "user_id": "0197a1b2-0000-7000-8000-000000000001",
    "user_name": "Vera Verifier",
    "status": "pending",
    "reason": "Lost the telephone; called back under the known number",
    "requested_by_id": "0197a1b2-0000-7000-8000-000000000002",
    "requested_at": "2026-03-02T11:00:00Z",
    "decided_by_id": None,
    "decided_at": None,
}
POLICY_EXAMPLE = {
    "roles": ["admin", "finance", "owner", "verifier"],
    "grace_days": 7,
    "version": 1,
}


class MfaResetOut(OutputSerializer):
    """A request to take a person's second factors away."""

    id = drf.UUIDField()
    user_id = drf.UUIDField()
    user_name = drf.CharField(source="user.full_name")
    status = drf.CharField()
    reason = drf.CharField()
    requested_by_id = drf.UUIDField()
    requested_at = drf.DateTimeField()
    decided_by_id = drf.UUIDField(allow_null=True)
    decided_at = drf.DateTimeField(allow_null=True)


class MfaResetIn(InputSerializer):
    """Why a person's second factors are to go."""

    reason = drf.CharField(max_length=500)


class MfaResetQuery(QuerySerializer):
    """Filters of the list of requests."""

    status = drf.ChoiceField(choices=("pending", "done", "declined"), required=False)


class PolicyOut(OutputSerializer):
    """Which roles need a second factor, and the days that remain from the first ask."""

    roles = drf.ListField(child=drf.CharField())
    grace_days = drf.IntegerField()
    version = drf.IntegerField()


class PolicyIn(InputSerializer):
    """What to change of the policy."""

    roles = drf.ListField(child=drf.CharField(max_length=50), max_length=50)
    grace_days = drf.IntegerField(min_value=0, max_value=90)


class MfaResetViewSet(ApiViewSet):
    """Resets of second factors: one administrator asks, another one agrees."""

    permissions: ClassVar = {
        "list": "people.manage",
        "create": "people.manage",
        "approve": "people.manage",
        "decline": "people.manage",
    }
    confirmed_actions: ClassVar = frozenset({"create", "approve"})

    @documented(response=MfaResetOut, query=MfaResetQuery, example=RESET_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List requests, the newest first."""
        return self.page(list_mfa_resets(**self.query(MfaResetQuery)), MfaResetOut)

    @documented(
        request=MfaResetIn,
        response=MfaResetOut,
        status=201,
        request_example={"reason": RESET_EXAMPLE["reason"]},
        example=RESET_EXAMPLE,
    )
    def create(self, request: Request, pk: str) -> Response:
        """Ask that a person's second factors be taken away; another administrator must agree."""
        reason = self.read(MfaResetIn)["reason"]
        reset = ask_for_mfa_reset(user_id=parse_id(pk), reason=reason, by=self.viewer, at=self.at)
        return self.one(get_mfa_reset(reset.pk), MfaResetOut, status=201)

    @documented(response=MfaResetOut, status=200, example={**RESET_EXAMPLE, "status": "done"})
    def approve(self, request: Request, pk: str) -> Response:
        """Agree: the factors go, sign-ins end, the person decides nothing for 24 hours."""
        agree_to_mfa_reset(reset_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(get_mfa_reset(parse_id(pk)), MfaResetOut)

    @documented(response=MfaResetOut, status=200, example={**RESET_EXAMPLE, "status": "declined"})
    def decline(self, request: Request, pk: str) -> Response:
        """Turn a request down, or take one's own back."""
        turn_mfa_reset_down(reset_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(get_mfa_reset(parse_id(pk)), MfaResetOut)


class ForcedIn(InputSerializer):
    """Who must choose a new password: these people, or everybody."""

    user_ids = drf.ListField(child=drf.UUIDField(), min_length=1, max_length=100, required=False)
    everybody = drf.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Accept one of the two."""
        if ("user_ids" in attrs) == attrs["everybody"]:
            message = "Name people, or set everybody."
            raise drf.ValidationError({"user_ids": [message]})
        return attrs


class ForcedOut(OutputSerializer):
    """Who must choose a new password now, and who was passed over: they hold more."""

    changed = drf.ListField(child=drf.UUIDField())
    skipped = drf.ListField(child=drf.UUIDField())


class EndedOut(OutputSerializer):
    """How many sign-ins were ended."""

    ended = drf.IntegerField()


class SignOutViewSet(ApiViewSet):
    """Ending the sign-ins of others."""

    permissions: ClassVar = {
        "person": "people.manage",
        "force_reset": "people.manage",
        "everyone": "settings.manage",
    }
    confirmed_actions: ClassVar = frozenset({"everyone", "force_reset"})

    @documented(response=EndedOut, status=200, example={"ended": 2})
    def person(self, request: Request, pk: str) -> Response:
        """End every sign-in of a person; they may sign in again."""
        count = sign_member_out(user_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one({"ended": count}, EndedOut)

    @documented(
        request=ForcedIn,
        response=ForcedOut,
        status=200,
        request_example={"everybody": True},
        example={"changed": ["0197a1b2-0000-7000-8000-000000000001"], "skipped": []},
    )
    def force_reset(self, request: Request) -> Response:
        """Make some people, or everybody but oneself, choose a new password; sign-ins end."""
        ids = self.read(ForcedIn).get("user_ids", ())
        return self.one(force_password_changes(user_ids=ids, by=self.viewer, at=self.at), ForcedOut)

    @documented()
    def everyone(self, request: Request) -> Response:
        """Sign the whole organization out, oneself included: tokens, sessions and sockets."""
        sign_everyone_out(by=self.viewer, at=self.at)
        return self.nothing()


class SignInPolicyViewSet(ApiViewSet):
    """Who must have a second factor."""

    permissions: ClassVar = {"retrieve": "settings.view", "partial_update": "settings.manage"}
    confirmed_actions: ClassVar = frozenset({"partial_update"})

    @documented(response=PolicyOut, example=POLICY_EXAMPLE)
    def retrieve(self, request: Request) -> Response:
        """Show who must have a second factor."""
        return self.one(read_policy(), PolicyOut)

    @documented(
        request=PolicyIn,
        response=PolicyOut,
        request_example={"grace_days": 0},
        example={**POLICY_EXAMPLE, "grace_days": 0},
    )
    def partial_update(self, request: Request) -> Response:
        """Change who must have a second factor; it holds from the next sign-in or renewal."""
        now = read_policy()
        given = self.read(PolicyIn, current=PolicyOut(now))
        terms = PolicyTerms(
            roles=tuple(given.get("roles", now.roles)),
            grace_days=given.get("grace_days", now.grace_days),
        )
        changed = change_sign_in_policy(
            terms=terms, expected_version=self.expected_version(), by=self.viewer, at=self.at
        )
        return self.one(changed, PolicyOut)

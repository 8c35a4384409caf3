"""Service accounts and their API keys."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers as drf
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.clock import utc_now
from shared_apps.web.schema import documented
from shared_apps.web.serializers import InputSerializer, OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.access.api.serializers import SuspensionIn
from tenant_apps.access.role_matrix import ScopeKind
from tenant_apps.access.services import (
    KeyTerms,
    issue_api_key,
    revoke_api_key,
    rotate_api_key,
)
from tenant_apps.accounts.selectors import (
    get_api_key,
    get_service_account,
    list_api_keys,
    list_service_accounts,
)
from tenant_apps.accounts.services import (
    IssuedKey,
    create_service_account,
    resume_service_account,
    suspend_service_account,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import ApiKey

ACCOUNT_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-00000000000a",
    "name": "Webshop",
    "status": "active",
    "created_at": "2026-03-02T11:00:00Z",
}
KEY_EXAMPLE: dict[str, Any] = {
    "id": "0197a1b2-0000-7000-8000-00000000000b",
    "service_account": "0197a1b2-0000-7000-8000-00000000000a",
    "service_account_name": "Webshop",
    "name": "Production",
    "grants": [{"permission": "payments.submit", "scope": "own"}],
    "networks": ["203.0.113.0/24"],
    "issued_by": "0197a1b2-0000-7000-8000-000000000002",
    "issued_by_name": "Olga Owner",
    "issued_at": "2026-03-02T11:00:00Z",
    "expires_at": "2026-05-31T11:00:00Z",
    "revoked_at": None,
    "replaced_by": None,
    "last_used_at": None,
    "last_used_ip": None,
    "is_open": True,
}
KEY_TEXT = "prsk_5f2b9c61d0aa_0197a1b200007000800000000000000b_pXyZ..."
ISSUED_EXAMPLE = {**KEY_EXAMPLE, "key": KEY_TEXT}


class ServiceAccountOut(OutputSerializer):
    """A program that comes with API keys."""

    id = drf.UUIDField()
    name = drf.CharField(source="full_name")
    status = drf.CharField()
    created_at = drf.DateTimeField()


class ServiceAccountIn(InputSerializer):
    """How the program is called."""

    name = drf.CharField(max_length=100)


class KeyGrantIn(InputSerializer):
    """A permission, and to whose objects it applies."""

    permission = drf.CharField(max_length=100)
    scope = drf.ChoiceField(choices=[kind.value for kind in ScopeKind])


class ApiKeyIn(InputSerializer):
    """What a key is for, from where it may come, and how many days it lives."""

    service_account = drf.UUIDField()
    name = drf.CharField(max_length=100)
    grants = KeyGrantIn(many=True, allow_empty=False)
    networks = drf.ListField(child=drf.CharField(max_length=50), max_length=50, default=list)
    days = drf.IntegerField(min_value=1, max_value=365, default=90)

    def validate_grants(self, grants: list[dict[str, str]]) -> list[dict[str, str]]:
        """Accept each permission once."""
        if len({grant["permission"] for grant in grants}) < len(grants):
            raise drf.ValidationError("Name each permission once.")
        return grants


class KeyGrantOut(OutputSerializer):
    """A permission of a key, and to whose objects it applies."""

    permission = drf.CharField()
    scope = drf.CharField()


class ApiKeyOut(OutputSerializer):
    """A key without its secret."""

    id = drf.UUIDField()
    service_account = drf.UUIDField(source="service_account_id")
    service_account_name = drf.CharField(source="service_account.full_name")
    name = drf.CharField()
    grants = drf.SerializerMethodField()
    networks = drf.ListField(child=drf.CharField())
    issued_by = drf.UUIDField(source="issued_by_id")
    issued_by_name = drf.CharField(source="issued_by.full_name")
    issued_at = drf.DateTimeField()
    expires_at = drf.DateTimeField()
    revoked_at = drf.DateTimeField(allow_null=True)
    replaced_by = drf.SerializerMethodField()
    last_used_at = drf.DateTimeField(allow_null=True)
    last_used_ip = drf.CharField(allow_null=True)
    is_open = drf.SerializerMethodField()

    @extend_schema_field(KeyGrantOut(many=True))
    def get_grants(self, key: "ApiKey") -> list[dict[str, str]]:
        """Return the rights as they were given."""
        return [{"permission": name, "scope": scope} for name, scope in key.grants.items()]

    @extend_schema_field(drf.UUIDField(allow_null=True))
    def get_replaced_by(self, key: "ApiKey") -> str | None:
        """Return the key that took over."""
        successor = getattr(key, "replaced_by", None)
        return str(successor.pk) if successor else None

    def get_is_open(self, key: "ApiKey") -> bool:
        """Return whether the key still counts."""
        return key.is_open(utc_now())


class IssuedKeyOut(ApiKeyOut):
    """A new key with its text: this is the only time that it is shown."""

    key = drf.SerializerMethodField()

    def get_key(self, _key: "ApiKey") -> str:
        """Return the text to send as `Authorization: Bearer <key>`."""
        return str(self.context["text"])


class ApiKeyQuery(QuerySerializer):
    """Filters of the list of keys."""

    service_account = drf.UUIDField(required=False)


class RotationIn(InputSerializer):
    """How long the old key goes on beside the new one."""

    overlap_hours = drf.IntegerField(min_value=0, max_value=168, default=24)


class ServiceAccountViewSet(ApiViewSet):
    """Programs that work with the organization's data."""

    permissions: ClassVar = {
        "list": "api_keys.view",
        "retrieve": "api_keys.view",
        "create": "api_keys.manage",
        "suspend": "api_keys.manage",
        "resume": "api_keys.manage",
    }

    @documented(response=ServiceAccountOut, example=ACCOUNT_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List service accounts by name."""
        return self.page(list_service_accounts(), ServiceAccountOut)

    @documented(response=ServiceAccountOut, example=ACCOUNT_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a service account."""
        return self._show(pk)

    @documented(
        request=ServiceAccountIn,
        response=ServiceAccountOut,
        status=201,
        request_example={"name": "Webshop"},
        example=ACCOUNT_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Enter a program; it can do nothing until it has a key."""
        name = self.read(ServiceAccountIn)["name"]
        account = create_service_account(name=name, by=self.viewer.actor, at=self.at)
        return self._show(str(account.pk), status=201)

    @documented(
        request=SuspensionIn,
        response=ServiceAccountOut,
        request_example={"reason": "Sends everything twice"},
        example={**ACCOUNT_EXAMPLE, "status": "suspended"},
    )
    def suspend(self, request: Request, pk: str) -> Response:
        """Stop all keys of a service account at once."""
        reason = self.read(SuspensionIn)["reason"]
        suspend_service_account(
            user_id=parse_id(pk), reason=reason, by=self.viewer.actor, at=self.at
        )
        return self._show(pk)

    @documented(response=ServiceAccountOut, example=ACCOUNT_EXAMPLE)
    def resume(self, request: Request, pk: str) -> Response:
        """Let the keys of a suspended service account work again."""
        resume_service_account(user_id=parse_id(pk), by=self.viewer.actor, at=self.at)
        return self._show(pk)

    def _show(self, pk: str, status: int = 200) -> Response:
        return self.one(get_service_account(parse_id(pk)), ServiceAccountOut, status=status)


class ApiKeyViewSet(ApiViewSet):
    """Keys of service accounts. The text of a key is shown once, when it is made."""

    permissions: ClassVar = {
        "list": "api_keys.view",
        "retrieve": "api_keys.view",
        "create": "api_keys.manage",
        "rotate": "api_keys.manage",
        "revoke": "api_keys.manage",
    }

    @documented(response=ApiKeyOut, query=ApiKeyQuery, example=KEY_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List keys, those that ended too, the newest first."""
        return self.page(list_api_keys(**self.query(ApiKeyQuery)), ApiKeyOut)

    @documented(response=ApiKeyOut, example=KEY_EXAMPLE)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a key without its secret."""
        return self.one(get_api_key(parse_id(pk)), ApiKeyOut)

    @documented(
        request=ApiKeyIn,
        response=IssuedKeyOut,
        status=201,
        request_example={
            "service_account": ACCOUNT_EXAMPLE["id"],
            "name": "Production",
            "grants": KEY_EXAMPLE["grants"],
            "networks": ["203.0.113.0/24"],
            "days": 90,
        },
        example=ISSUED_EXAMPLE,
    )
    def create(self, request: Request) -> Response:
        """Issue a key with rights that one holds oneself; its text is shown this once."""
        given = self.read(ApiKeyIn)
        grants = {grant["permission"]: grant["scope"] for grant in given.pop("grants")}
        networks = tuple(given.pop("networks"))
        terms = KeyTerms(grants=grants, networks=networks, **given)
        return self._show_once(issue_api_key(terms=terms, by=self.viewer, at=self.at))

    @documented(
        request=RotationIn,
        response=IssuedKeyOut,
        status=201,
        request_example={"overlap_hours": 24},
        example=ISSUED_EXAMPLE,
    )
    def rotate(self, request: Request, pk: str) -> Response:
        """Issue the key that takes over; the old one goes on for the overlap."""
        overlap = timedelta(hours=self.read(RotationIn)["overlap_hours"])
        issued = rotate_api_key(key_id=parse_id(pk), overlap=overlap, by=self.viewer, at=self.at)
        return self._show_once(issued)

    @documented(response=ApiKeyOut, status=200, example=KEY_EXAMPLE)
    def revoke(self, request: Request, pk: str) -> Response:
        """End a key; the next request with it is refused, and its sockets close."""
        revoke_api_key(key_id=parse_id(pk), by=self.viewer, at=self.at)
        return self.one(get_api_key(parse_id(pk)), ApiKeyOut)

    def _show_once(self, issued: IssuedKey) -> Response:
        shown = self.one(get_api_key(issued.key.pk), IssuedKeyOut, status=201, text=issued.text)
        shown["Cache-Control"] = "no-store"
        return shown

"""The API as a person uses it in tests: at their organization's host, with their token."""

from http import HTTPStatus
from typing import Any, cast
from uuid import uuid4

from rest_framework.test import APIClient

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import SignInKind, User
from tenant_apps.accounts.services import TokenPair, issue_tokens, open_sign_in

A_NEW_KEY = "a new key"


class PrsClient(APIClient):
    """An API client at one host; `tokens` are those of the person it was made for, if any."""

    def __init__(self, *, host: str, tokens: TokenPair | None = None) -> None:
        headers = {"Authorization": f"Bearer {tokens.access}"} if tokens else {}
        super().__init__(SERVER_NAME=host, headers=headers)
        self.tokens = tokens

    @classmethod
    def signed_in(cls, person: User, *, tenant: Tenant) -> "PrsClient":
        """Return a client with tokens of a person of this organization."""
        return cls(host=tenant.host, tokens=tokens_of(person, tenant=tenant))

    @classmethod
    def with_key(cls, text: str, *, tenant: Tenant) -> "PrsClient":
        """Return a client that comes to an organization with an API key."""
        client = cls(host=tenant.host)
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        return client

    def post(
        self,
        path: Any,
        data: Any = None,
        *args: Any,
        key: str | None = A_NEW_KEY,
        **extra: Any,
    ) -> Any:
        """POST with an Idempotency-Key: a new one, the given one, or none (`key=None`)."""
        if key is not None:
            extra["HTTP_IDEMPOTENCY_KEY"] = str(uuid4()) if key == A_NEW_KEY else key
        return super().post(path, data, *args, **extra)

    def patch(
        self, path: Any, data: Any = None, *args: Any, version: int | None = None, **extra: Any
    ) -> Any:
        """PATCH with If-Match when a version is given."""
        if version is not None:
            extra["HTTP_IF_MATCH"] = f'"{version}"'
        return super().patch(path, data, *args, **extra)

    @staticmethod
    def data_of(response: Any) -> Any:
        """Return the data of a success; show the error of anything else."""
        return ok(response)


def tokens_of(person: User, *, tenant: Tenant) -> TokenPair:
    """Return a real pair of tokens of a person, without the door's hash."""
    with use_tenant(tenant):
        now = utc_now()
        sign_in = open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="tests", at=now)
        return issue_tokens(sign_in=sign_in, at=now)


def ok(response: Any, status: int | None = None) -> Any:
    """Return the data of a successful answer."""
    if response.status_code == HTTPStatus.NO_CONTENT:
        assert status in (None, HTTPStatus.NO_CONTENT)
        return None
    body = response.json()
    assert body["success"] is True, body
    assert status in (None, response.status_code), body
    return body["data"]


def error(response: Any, status: int | None = None) -> dict[str, Any]:
    """Return the error of a refused answer."""
    body = response.json()
    assert body["success"] is False, body
    assert status in (None, response.status_code), body
    return cast("dict[str, Any]", body["error"])

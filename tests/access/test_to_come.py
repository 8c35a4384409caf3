"""What the product does not have yet meets its guard when it comes: payouts and webhooks.

A payout takes money out of the house, so everything that changes one asks for a recent proof. A
secret in a column (that of a webhook, say) is sealed under the field keys, or kept as a hash alone.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import pytest
from django.apps import apps
from django.db import models
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import APIView

from shared_apps.kernel.models import SealedField
from tests.access.test_confirmation import is_confirmed
from tests.access.test_route_permissions import NAMED, PLATFORM_ROUTES, TENANT_ROUTES, Route

PAYOUT = re.compile(r"pay[_-]?out|disburse", re.IGNORECASE)
SECRET = re.compile(r"secret|webhook|signing|credential|token|password|private_key", re.IGNORECASE)
WEBHOOK = re.compile(r"web_?hook", re.IGNORECASE)
Column: TypeAlias = "models.Field[Any, Any]"
AS_TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
HASHES = ("_hash", "_digest")
# Fields that are named like a secret and hold none: why.
NO_SECRETS = {"accounts.User.password": "Argon2id of it, by Django's own hasher"}


def unconfirmed_payouts(routes: Iterable[Route]) -> list[str]:
    """Return the routes that change a payout without a recent proof of who one is."""
    found = []
    for route in routes:
        permission = getattr(route.view, "permissions", {}).get(route.action)
        said = f"{route.path} {route.action} {route.view.__name__} {permission or ''}"
        is_change = PAYOUT.search(said) and route.method not in SAFE_METHODS
        if is_change and (permission is None or not is_confirmed(route)):
            found.append(str(route))
    return found


def open_secrets(tables: Mapping[str, Sequence[Column]]) -> list[str]:
    """Return the columns that keep a secret as it is, and the webhooks that keep none at all."""
    found = []
    for label, columns in tables.items():
        if WEBHOOK.search(label) and not any(isinstance(each, SealedField) for each in columns):
            found.append(f"{label}: a webhook signs with a sealed secret")
        found += [f"{label}.{each.name}" for each in columns if is_open(label, each)]
    return found


def is_open(label: str, column: Column) -> bool:
    is_named = isinstance(column, AS_TEXT) and SECRET.search(column.name)
    is_safe = isinstance(column, SealedField) or column.name.endswith(HASHES)
    return bool(is_named) and not is_safe and f"{label}.{column.name}" not in NO_SECRETS


def own_tables() -> dict[str, Sequence[Column]]:
    ours = ("tenant_apps.", "shared_apps.")
    kinds = [kind for kind in apps.get_models() if kind.__module__.startswith(ours)]
    return {kind._meta.label: kind._meta.concrete_fields for kind in kinds}


def view_of(name: str, permission: str | None, **more: Any) -> type[APIView]:
    return type(name, (APIView,), {"permissions": {"create": permission}, **more})


class TestPayouts:
    def test_are_changed_after_a_recent_proof_alone(self) -> None:
        assert unconfirmed_payouts([*TENANT_ROUTES, *PLATFORM_ROUTES]) == []
        assert NAMED

    @pytest.mark.parametrize(
        ("path", "view"),
        [
            ("/api/business/payouts/", view_of("RunView", "payments.decide")),
            ("/api/business/runs/", view_of("PayOutView", "payments.decide")),
            ("/api/business/payouts/", view_of("PayoutView", None)),
        ],
        ids=["by the path", "by the view", "without a permission"],
    )
    def test_are_noticed_without_one(self, path: str, view: type[APIView]) -> None:
        route = Route(path=path, method="POST", action="create", view=view)
        assert unconfirmed_payouts([route]) == [str(route)]

    @pytest.mark.parametrize(
        "view",
        [
            view_of("PayoutView", "payouts.approve"),
            view_of("PayoutView", "payments.decide", confirmed_actions=frozenset({"create"})),
        ],
        ids=["by the permission", "by the action"],
    )
    def test_pass_with_one(self, view: type[APIView]) -> None:
        route = Route(path="/api/business/payouts/", method="POST", action="create", view=view)
        assert unconfirmed_payouts([route]) == []


class TestSecretsInColumns:
    def test_are_sealed_or_hashed(self) -> None:
        assert open_secrets(own_tables()) == []

    def test_are_looked_for_where_there_are_some(self) -> None:
        named = {
            f"{label}.{column.name}"
            for label, columns in own_tables().items()
            for column in columns
            if SECRET.search(column.name) and isinstance(column, AS_TEXT)
        }
        assert {"sso.Connection.sealed_secret", "accounts.ApiKey.secret_hash"} <= named
        assert NO_SECRETS.keys() <= named

    def test_are_noticed_in_the_open(self) -> None:
        address = models.TextField(name="address")
        secret = models.TextField(name="signing_secret")
        found = open_secrets({"hooks.Webhook": [address, secret], "hooks.Plain": [address]})
        assert found == [
            "hooks.Webhook: a webhook signs with a sealed secret",
            "hooks.Webhook.signing_secret",
        ]

    def test_pass_sealed(self) -> None:
        sealed = SealedField(name="signing_secret")
        old = models.CharField(name="old_secret_hash", max_length=64)
        assert open_secrets({"hooks.Webhook": [sealed, old]}) == []

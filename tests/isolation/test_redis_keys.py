"""Every key and channel in Redis names its organization, or is one of the few global ones."""

import asyncio

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import caches
from django.test import RequestFactory
from django_redis import get_redis_connection

from config.health import ready
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.channels import tenant_group
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignInKind
from tenant_apps.accounts.services import open_sign_in
from tenant_apps.accounts.services.ws_tickets import issue_ticket, redeem_ticket
from tests.cast import PASSWORD, make_cast
from tests.client import PrsClient, error, ok
from tests.factories.payments import VerifiedPaymentFactory
from tests.isolation.redis_keys import GLOBAL_KEYS, Watched, is_known, keys_of, watched

LOGIN = "/api/auth/login/"


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("PING", ""),
        ("GET a", "a"),
        ("DEL a b", "a b"),
        ("BLPOP a b 1", "a b"),
        ("RENAME a b", "a b"),
        ("MSET a 1 b 2", "a b"),
        ("EVAL script 2 a b 7", "a b"),
        ("ZUNIONSTORE a 2 b c WEIGHTS 1 2", "a b c"),
    ],
)
def test_reads_every_key_of_a_command(command: str, keys: str) -> None:
    assert keys_of(command.split()) == keys.split()


@pytest.mark.parametrize(
    "key",
    [
        "t:t_abcdefgh2345::1:ws-ticket:12",
        "prs__group__t_abcdefgh2345.inbox",
        "g:audit:dirty",
        "celery",
        "_kombu.binding.celery",
    ],
)
def test_a_key_of_an_organization_or_a_global_one_is_known(key: str) -> None:
    assert is_known(key)


@pytest.mark.parametrize(
    "key",
    [
        "canary",
        "t:all::1:canary",
        "t:public::1:canary",
        "t:t_abcdefgh2345:",
        "g::1:clients",
        "prs__group__inbox",
        "sign-in:12",
    ],
)
def test_a_key_without_an_organization_is_a_stranger(key: str) -> None:
    assert not is_known(key)


def test_each_global_key_says_why() -> None:
    assert all(len(reason) > 20 for reason in GLOBAL_KEYS.values())


def test_everything_that_the_product_keeps_in_redis_is_known(fresh_tenant: Tenant) -> None:
    with watched(settings.REDIS_URL) as seen:
        _use_everything(fresh_tenant)
    assert seen.strangers == []
    assert _touched(seen, "sign-in:", "ws-ticket:", "g:audit:dirty", "celery", "__group__t_")
    assert seen.of_tenants >= len(("ticket", "group"))


def test_a_planted_key_is_a_stranger(fresh_tenant: Tenant) -> None:
    with watched(settings.REDIS_URL) as seen:
        caches["tenant"].set("canary", 1, 5)
        get_redis_connection("default").set("canary", 1, ex=5)
    get_redis_connection("default").delete("canary")
    assert seen.strangers == ["SET canary"]


def _use_everything(tenant: Tenant) -> None:
    """Sign in and fail to, open a ticket, take money in, call a group, ask after the health."""
    people = make_cast(at=utc_now())
    client = PrsClient(host=tenant.host)
    error(client.post(LOGIN, {"email": people["sam"].email, "password": "wrong"}), 401)
    ok(client.post(LOGIN, {"email": people["sam"].email, "password": PASSWORD}))
    sign_in = open_sign_in(person=people["sam"], kind=SignInKind.TOKEN, user_agent="", at=utc_now())
    assert redeem_ticket(issue_ticket(credential=sign_in), at=utc_now()) == people["sam"]
    VerifiedPaymentFactory()
    asyncio.run(_call_group())
    ready(RequestFactory().get("/health/"))


async def _call_group() -> None:
    layer = get_channel_layer()
    own = await layer.new_channel()
    await layer.group_add(tenant_group("inbox"), own)
    await layer.group_send(tenant_group("inbox"), {"type": "wake.up"})
    await layer.receive(own)
    await layer.group_discard(tenant_group("inbox"), own)


def _touched(seen: Watched, *parts: str) -> bool:
    return all(any(part in key for key in seen.keys) for part in parts)

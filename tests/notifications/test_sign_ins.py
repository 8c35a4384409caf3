"""A socket closes with the sign-in that opened it, also when no push says so."""

import time

import pytest
from django.db import transaction
from websockets.exceptions import ConnectionClosed

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.models import Grant
from tenant_apps.access.services import assign_role_by_program, change_sign_in_policy, seed_roles
from tenant_apps.access.sign_in_policy import PolicyTerms
from tenant_apps.accounts.models import SignIn, User
from tenant_apps.accounts.services import end_sign_in
from tenant_apps.sso.services import disable_connection, remove_connection
from tests.cast import STAGEHAND, activate_owner
from tests.notifications.clients import HEARTBEAT_S, Client, signed_in
from tests.notifications.people import AT, make_person
from tests.sso.rows import keep_connection, require

pytestmark = pytest.mark.timeout(300)

WITHIN_S, REFUSED = 5.0, 4403


def closes(client: Client, *others: Client) -> bool:
    """Return whether the server refuses the socket within five seconds, and not the others."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        for each in others:
            answer_heartbeat(each)
        try:
            answer_heartbeat(client)
        except ConnectionClosed as closed:
            return bool(closed.rcvd and closed.rcvd.code == REFUSED)
    return False


def answer_heartbeat(client: Client) -> None:
    client.next_head()
    client.send(type="pong")


def latest(person: User) -> SignIn:
    return SignIn.objects.filter(user=person).latest("started_at")


class TestWithoutAPush:
    def test_its_own_sign_in_ended(self, fresh_tenant: Tenant, deaf_port: int) -> None:
        sam = make_person("one-of-two")
        with signed_in(fresh_tenant, deaf_port, sam) as first:
            ended = latest(sam)
            with signed_in(fresh_tenant, deaf_port, sam) as second:
                first.next(), second.next()
                end_sign_in(sign_in_id=ended.pk, at=utc_now())
                assert closes(first, second)
                second.send(type="ping")
                assert second.next() == {"type": "pong"}

    def test_the_provider_is_required(self, fresh_tenant: Tenant, deaf_port: int) -> None:
        owner, sam = activate_owner(at=AT), make_person("without-provider")
        with (
            signed_in(fresh_tenant, deaf_port, owner) as hers,
            signed_in(fresh_tenant, deaf_port, sam) as his,
        ):
            hers.next(), his.next()
            row = keep_connection(owner)
            require(row, owner)
            try:
                assert closes(his, hers)
                hers.send(type="ping")
                assert hers.next() == {"type": "pong"}
            finally:
                disable_connection(connection_id=row.pk, by=owner, at=utc_now())
                remove_connection(connection_id=row.pk, by=owner, at=utc_now())

    def test_a_second_factor_is_asked_at_once(self, fresh_tenant: Tenant, deaf_port: int) -> None:
        sam = make_person("without-factor")
        assign_role_by_program(user_id=sam.pk, role="auditor", by=STAGEHAND, at=AT)
        with signed_in(fresh_tenant, deaf_port, sam) as client:
            client.next()
            terms = PolicyTerms(roles=("auditor",), grace_days=0)
            change_sign_in_policy(terms=terms, expected_version=1, by=sam, at=utc_now())
            try:
                assert closes(client)
            finally:
                nobody = PolicyTerms(roles=(), grace_days=7)
                change_sign_in_policy(terms=nobody, expected_version=2, by=sam, at=utc_now())


def test_roles_that_a_release_changes_close_at_once(fresh_tenant: Tenant, port: int) -> None:
    sam, vera = make_person("auditor"), make_person("no-auditor")
    assign_role_by_program(user_id=sam.pk, role="auditor", by=STAGEHAND, at=AT)
    with signed_in(fresh_tenant, port, sam) as his, signed_in(fresh_tenant, port, vera) as hers:
        his.next(), hers.next()
        with transaction.atomic():  # as the release before left it
            Grant.objects.filter(role__code="auditor", permission="deals.view").delete()
            assert seed_roles(by=STAGEHAND, at=utc_now())
        assert his.close_code(patience_s=HEARTBEAT_S / 2) == REFUSED
        hers.send(type="ping")
        assert hers.next() == {"type": "pong"}

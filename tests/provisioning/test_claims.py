"""One process provisions an organization at a time; what it leaves undone is gone on with."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.timezone import now

from config.celery import app as celery_app
from shared_apps.audit.selectors import history_of
from shared_apps.jobs.table import job_named
from shared_apps.jobs.tasks import run_on_platform
from shared_apps.organizations.models import BuiltBy, Organization, Provisioning, Status
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import (
    OrganizationAlreadyProvisioned,
    ProvisioningUnderWay,
    provision_due,
    provision_organization,
)
from shared_apps.organizations.services.claim import (
    LEASE,
    LEASE_FOR_MIGRATIONS,
    MAX_ATTEMPTS,
    ProvisioningTakenOver,
    claim_provisioning,
    note_failure,
    note_fallback,
    note_open,
    prolong,
    step,
)
from shared_apps.organizations.services.provision import OwnerNotNamed
from shared_apps.organizations.tasks import provision_what_is_due
from shared_apps.tenancy.blueprint import get_blueprint, replay
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.models import SchemaState
from shared_apps.tenancy.rights.roles import as_owner
from shared_apps.tenancy.schemas import schema_exists
from shared_apps.tenancy.tasks import PlatformTask
from tenant_apps.accounts.models import User
from tests.client import PrsClient
from tests.provisioning.conftest import OWNER, Wish, let_time_pass, provisioning
from tests.together import run_together


@pytest.fixture
def fresh_tenant() -> None:
    """Say that these tests commit: they make organizations of their own."""


def provision(organization_id: UUID) -> Tenant:
    return provision_organization(organization_id=organization_id, at=now())


def assert_complete_and_single(organization_id: UUID) -> None:
    """Check that the organization answers, and has one first event, one owner, one ledger row."""
    tenant = get_tenant(organization_id)
    assert tenant.status == Status.ACTIVE
    with use_tenant(tenant):
        names = [row.name for row in history_of("organizations.organization", tenant.id)]
        assert names.count("organizations.organization_provisioned") == 1
        assert [user.email for user in User.objects.all()] == [OWNER.email]
    with use_platform():
        assert SchemaState.objects.filter(schema=tenant.schema, status="ready").count() == 1
    assert PrsClient(host=tenant.host).get("/").status_code == 302


def assert_not_routable(organization_id: UUID) -> None:
    tenant = get_tenant(organization_id)
    get_directory().forget()
    assert PrsClient(host=tenant.host).get("/").status_code == 404


class TestAClaim:
    def test_refuses_a_second_one(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        claim_provisioning(organization_id=asked)
        with pytest.raises(ProvisioningUnderWay):
            provision(asked)
        assert provisioning(asked).attempts == 1

    def test_is_refused_while_a_step_is_open(self, wish: Wish, fresh_tenant: None) -> None:
        """Even when the lease has run out under a slow step: the row is locked."""
        asked = wish()
        claim = claim_provisioning(organization_id=asked)
        let_time_pass(asked)

        with step(claim):
            (outcome,) = run_together(get_tenant(asked), [lambda: provision(asked)])
        assert isinstance(outcome, ProvisioningUnderWay)

    def test_holds_for_a_minute_or_as_long_as_migrations_take(
        self, wish: Wish, fresh_tenant: None
    ) -> None:
        asked = wish()
        claim = claim_provisioning(organization_id=asked)
        lease = provisioning(asked).lease_until
        assert lease is not None
        assert lease - now() <= LEASE
        prolong(claim)
        longer = provisioning(asked).lease_until
        assert longer is not None
        assert longer - lease > LEASE_FOR_MIGRATIONS - 2 * LEASE

    def test_says_who_holds_it(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        claim_provisioning(organization_id=asked)
        assert ":" in provisioning(asked).leased_by

    def test_that_was_taken_over_may_not_commit(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        slow = claim_provisioning(organization_id=asked)
        let_time_pass(asked)
        provision(asked)
        with pytest.raises(ProvisioningTakenOver), step(slow):
            note_open(slow)
        with pytest.raises(ProvisioningTakenOver):
            note_fallback(slow, "the blueprint is unusable")
        note_failure(slow, RuntimeError("too late"))
        assert_complete_and_single(asked)
        assert provisioning(asked).organization.failure == ""

    def test_is_refused_when_all_is_done(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        provision(asked)
        with pytest.raises(OrganizationAlreadyProvisioned):
            provision(asked)
        assert_complete_and_single(asked)


class TestProvisioning:
    def test_forgets_the_owner_when_the_organization_knows_them(
        self, wish: Wish, fresh_tenant: None
    ) -> None:
        asked = wish()
        assert provisioning(asked).owner_email == OWNER.email
        provision(asked)
        row = provisioning(asked)
        assert (row.owner_email, row.owner_first_name, row.owner_last_name) == ("", "", "")
        assert (row.built_by, row.note, row.lease_until) == (BuiltBy.BLUEPRINT, "", None)
        assert row.built_ms is not None
        assert row.finished_at is not None
        assert_complete_and_single(asked)

    def test_takes_the_owner_who_is_named_late(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish(owner=None)
        with pytest.raises(OwnerNotNamed):
            provision(asked)
        assert_not_routable(asked)
        assert "Name the owner" in provisioning(asked).organization.failure
        provision_organization(organization_id=asked, owner=OWNER, at=now())
        assert_complete_and_single(asked)

    def test_happens_once_under_6_concurrent_calls(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        outcomes = run_together(get_tenant(asked), [lambda: provision(asked)] * 6)
        assert sum(isinstance(outcome, Tenant) for outcome in outcomes) == 1
        refusals = [outcome for outcome in outcomes if not isinstance(outcome, Tenant)]
        allowed = ProvisioningUnderWay | OrganizationAlreadyProvisioned
        assert [str(each) for each in refusals if not isinstance(each, allowed)] == []
        assert_complete_and_single(asked)

    def test_of_different_organizations_goes_on_side_by_side(
        self, wish: Wish, fresh_tenant: None
    ) -> None:
        asked = [wish() for _ in range(4)]
        works = [lambda each=each: provision(each) for each in asked]
        outcomes = run_together(get_tenant(asked[0]), works)
        assert [each.id for each in outcomes] == asked
        for each in asked:
            assert_complete_and_single(each)


class TestGoingOn:
    def test_completes_what_a_dead_process_left(self, wish: Wish, fresh_tenant: None) -> None:
        asked = wish()
        claim_provisioning(organization_id=asked)
        assert provision_due(at=now()) == 0
        assert_not_routable(asked)
        let_time_pass(asked)
        assert provision_due(at=now()) == 1
        assert_complete_and_single(asked)

    def test_completes_what_nobody_began(self, wish: Wish, fresh_tenant: None) -> None:
        """Killed between the wish and the claim: whoever asked has a minute for it."""
        asked = wish()
        assert provision_due(at=now()) == 0
        let_time_pass(asked)
        assert provision_due(at=now()) == 1
        assert_complete_and_single(asked)

    def test_tries_again_later_and_not_for_ever(
        self, wish: Wish, fresh_tenant: None, at_noon: datetime
    ) -> None:
        asked = wish(owner=None)
        with pytest.raises(OwnerNotNamed):
            provision(asked)
        first = provisioning(asked).next_attempt_at - now()
        assert timedelta(0) < first <= timedelta(seconds=30)
        for _ in range(MAX_ATTEMPTS):
            let_time_pass(asked)
            provision_due(at=at_noon)
        row = provisioning(asked)
        assert row.attempts == MAX_ATTEMPTS
        assert row.organization.status == Status.FAILED
        assert provision_due(at=at_noon) == 0
        assert provisioning(asked).attempts == MAX_ATTEMPTS
        # by hand it is tried whenever somebody says so
        provision_organization(organization_id=asked, owner=OWNER, at=at_noon)
        assert_complete_and_single(asked)

    @pytest.mark.parametrize(("attempt", "delay_s"), [(1, 30), (3, 120), (8, 3600), (90, 3600)])
    def test_waits_longer_each_time(
        self, wish: Wish, fresh_tenant: None, attempt: int, delay_s: int
    ) -> None:
        asked = wish()
        claim = replace(claim_provisioning(organization_id=asked), attempt=attempt)
        note_failure(claim, RuntimeError("no space left"))
        delay = provisioning(asked).next_attempt_at - now()
        assert timedelta(seconds=delay_s - 10) < delay <= timedelta(seconds=delay_s)

    def test_of_one_is_not_held_up_by_another(self, wish: Wish, fresh_tenant: None) -> None:
        broken, whole = wish(owner=None), wish()
        with pytest.raises(OwnerNotNamed):
            provision(broken)
        for asked in (broken, whole):
            let_time_pass(asked)
        assert provision_due(at=now()) == 1
        assert provisioning(broken).organization.status == Status.FAILED
        assert_complete_and_single(whole)

    def test_leaves_what_is_done_and_what_is_suspended(
        self, wish: Wish, fresh_tenant: None
    ) -> None:
        asked = wish()
        provision(asked)
        with use_platform():
            Organization.objects.filter(pk=asked).update(status=Status.SUSPENDED)
            Provisioning.objects.filter(pk=asked).update(finished_at=None)
        let_time_pass(asked)
        assert provision_due(at=now()) == 0
        with pytest.raises(OrganizationAlreadyProvisioned):
            provision(asked)

    def test_is_a_task_of_the_platform_every_30_seconds(
        self, wish: Wish, fresh_tenant: None
    ) -> None:
        asked = wish()
        let_time_pass(asked)
        job = job_named("organizations.provision_due")
        with use_platform():
            assert job.start(now()) == 1
        assert_complete_and_single(asked)
        assert provision_what_is_due() == 0  # by hand: nothing is left
        # beat sends the job's name to the task that runs the platform's jobs on public
        assert not job.for_each_tenant
        entry = celery_app.conf.beat_schedule[job.name]
        assert entry == {"task": run_on_platform.name, "args": [job.name], "schedule": 30.0}
        assert isinstance(run_on_platform, PlatformTask)

    def test_asks_one_question_when_nothing_is_due(
        self, wish: Wish, fresh_tenant: None, django_assert_num_queries: object
    ) -> None:
        with use_platform():
            provision_due(at=now())  # the connection is on the platform's path then
            with django_assert_num_queries(1):  # type: ignore[operator]  # untyped fixture
                provision_due(at=now())


def test_every_scheduled_task_is_registered(acme: Tenant) -> None:
    celery_app.loader.import_default_modules()
    for entry in celery_app.conf.beat_schedule.values():
        assert entry["task"] in celery_app.tasks


def test_a_failure_with_a_zero_byte_is_noted(wish: Wish, fresh_tenant: None) -> None:
    asked = wish()
    claim = claim_provisioning(organization_id=asked)
    note_failure(claim, ValueError("a\x00b"))
    row = provisioning(asked)
    assert row.organization.failure == "ValueError: ab"
    assert row.lease_until is None


def test_nothing_of_a_replay_is_kept_when_its_step_fails(wish: Wish, fresh_tenant: None) -> None:
    asked = wish()
    claim = claim_provisioning(organization_id=asked)
    schema = get_tenant(asked).schema

    def build_and_fail() -> None:
        with step(claim):
            replay(schema, get_blueprint())
            assert schema_exists(schema)
            raise LookupError

    with as_owner(), pytest.raises(LookupError):
        build_and_fail()
    assert not schema_exists(schema)
    assert not transaction.get_connection().in_atomic_block

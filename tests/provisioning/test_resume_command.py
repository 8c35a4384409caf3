"""`create_organization` says how an interrupted founding goes on, and goes on with it."""

import io
import json
import os
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from shared_apps.kernel.errors import ValidationFailed
from shared_apps.organizations.models import Provisioning
from shared_apps.organizations.services.claim import claim_provisioning, note_failure
from shared_apps.organizations.services.provision import OwnerNotNamed
from shared_apps.tenancy.context import Tenant, use_platform
from tests.addresses import urls_of_this_run
from tests.provisioning.conftest import Wish, provisioning
from tests.provisioning.test_claims import assert_complete_and_single, provision

NEW = {
    "name": "Initech",
    "currency": "USD",
    "owner_email": "olga@initech.example",
    "owner_name": "Olga Owner",
}


@pytest.fixture
def fresh_tenant() -> None:
    """Say that these tests commit: they make organizations of their own."""


@pytest.fixture
def broken(wish: Wish) -> UUID:
    """An organization whose provisioning has failed."""
    asked = wish(slug="initech")
    note_failure(claim_provisioning(organization_id=asked), RuntimeError("no space\nleft"))
    return asked


def refusal_of(**options: str) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("create_organization", **options)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_second_wish_is_told_how_to_go_on(broken: UUID, fresh_tenant: None) -> None:
    sentence = refusal_of(slug="initech", **NEW)
    assert "failed: RuntimeError: no space left" in sentence
    assert "create_organization --resume initech" in sentence


def test_resuming_completes_it(broken: UUID, fresh_tenant: None) -> None:
    out = io.StringIO()
    call_command("create_organization", resume="initech", stdout=out)
    assert "initech answers at http://initech.localhost" in out.getvalue()
    assert "The owner gets an invitation" in out.getvalue()
    assert_complete_and_single(broken)


def test_resuming_may_name_the_owner(wish: Wish, fresh_tenant: None) -> None:
    asked = wish(slug="initech", owner=None)
    with pytest.raises(OwnerNotNamed):
        provision(asked)
    assert "Name the owner" in refusal_of(resume="initech")
    call_command(
        "create_organization",
        resume="initech",
        owner_email=NEW["owner_email"],
        owner_name=NEW["owner_name"],
        stdout=io.StringIO(),
    )
    assert_complete_and_single(asked)


def test_resuming_is_refused_while_another_process_is_at_it(wish: Wish, fresh_tenant: None) -> None:
    asked = wish(slug="initech")
    claim_provisioning(organization_id=asked)
    assert f":{os.getpid()} provisions this organization" in refusal_of(resume="initech")
    assert provisioning(asked).attempts == 1


def test_of_two_processes_one_completes_it_and_one_is_refused(
    broken: UUID, fresh_tenant: None
) -> None:
    command = [sys.executable, "manage.py", "create_organization", "--resume", "initech"]
    environment = {**os.environ, **urls_of_this_run()}
    processes = [
        subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=100) for process in processes]
    assert sorted(process.returncode for process in processes) == [0, 2], said
    ((_, refusal),) = [
        each for each, process in zip(said, processes, strict=True) if process.returncode
    ]
    assert "provisions this organization" in refusal or "is complete" in refusal, refusal
    assert_complete_and_single(broken)


def test_there_is_nothing_to_resume(acme: Tenant) -> None:
    assert refusal_of(resume="acme").startswith("'acme' is complete: it answers at http://acme.")
    assert "There is no organization 'nobody'" in refusal_of(resume="nobody")


def test_an_owner_who_cannot_be_invited_leaves_nothing_behind(acme: Tenant) -> None:
    assert "/owner_email" in refusal_of(slug="initech", **{**NEW, "owner_email": "nomail"})
    assert "There is no organization 'initech'" in refusal_of(resume="initech")


def test_the_list_says_who_is_at_it_and_when_it_is_tried_again(
    wish: Wish, fresh_tenant: None
) -> None:
    wished = wish(slug="initech")
    assert "next attempt at " in note_of("initech")
    claim = claim_provisioning(organization_id=wished)
    assert f":{os.getpid()} until " in note_of("initech")
    with use_platform():
        Provisioning.objects.filter(pk=wished).update(lease_until=now() - timedelta(seconds=1))
    assert "next attempt at " in note_of("initech")  # whoever had it is dead
    with use_platform():
        Provisioning.objects.filter(pk=wished).update(lease_until=now() + timedelta(seconds=9))
    note_failure(claim, ValidationFailed.at("/email", "Enter a valid e-mail address."))
    assert "/email: Enter a valid e-mail address.; attempts: 1; next" in note_of("initech")


def note_of(slug: str) -> str:
    out = io.StringIO()
    call_command("list_organizations", "--json", stdout=out)
    (row,) = [row for row in json.loads(out.getvalue()) if row["slug"] == slug]
    return str(row["note"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"slug": "initech", "name": "Initech"},
            "needs --currency and --owner-email and --owner-name as well",
        ),
        (
            {"slug": "initech", "name": "Initech", "currency": "USD"},
            "needs --owner-email and --owner-name as well",
        ),
        ({"slug": "initech", **NEW, "owner_name": ""}, "belong together"),
        ({"resume": "acme", "owner_email": "a@b.example"}, "belong together"),
    ],
)
def test_a_missing_option_is_named(acme: Tenant, options: dict[str, str], sentence: str) -> None:
    assert sentence in refusal_of(**options)


def test_a_slug_is_new_or_resumed() -> None:
    with pytest.raises(CommandError, match="not allowed with argument"):
        call_command("create_organization", "--slug", "a", "--resume", "a")
    with pytest.raises(CommandError, match="one of the arguments --slug --resume"):
        call_command("create_organization")

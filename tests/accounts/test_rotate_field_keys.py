"""The command that writes secrets anew under the first key of the ring."""

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from shared_apps.kernel.field_keys import is_current, name_of_key
from shared_apps.organizations.models import Organization
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import sealed
from tests.accounts.factors import App, give_app, sign_in_with
from tests.client import PrsClient
from tests.factories.accounts import PersonFactory

pytestmark = pytest.mark.django_db

OLD, NEW = "the old key of the ring, long enough", "the new key of the ring, long enough"


@pytest.fixture
def old_app(person: User, settings: Any) -> App:
    """An app whose secret the old key wrote."""
    settings.FIELD_KEYS = [OLD]
    return give_app(person)


def rotate(*args: str) -> str:
    out = StringIO()
    call_command("rotate_field_keys", *args, stdout=out)
    return out.getvalue()


def secret_of(person: User) -> str:
    return str(Authenticator.objects.get(user=person).data["secret"])


def test_writes_what_the_old_key_wrote_in_every_schema(
    old_app: App, person: User, globex: Tenant, settings: Any
) -> None:
    with use_tenant(globex):
        mallory = PersonFactory()
        give_app(mallory)
    with use_platform():
        stray = PersonFactory()
        give_app(stray)
    settings.FIELD_KEYS = [NEW, OLD]
    said = rotate()
    assert said.startswith("3 secrets in ")
    assert said.endswith(f"were written under the key {name_of_key(NEW)}.\n")
    assert is_current(secret_of(person))
    with use_tenant(globex):
        assert is_current(secret_of(mallory))
    with use_platform():
        assert is_current(secret_of(stray))
    assert rotate().startswith("0 secrets")


def test_lets_the_person_sign_in_before_between_and_after(
    old_app: App, person: User, anyone: PrsClient, settings: Any
) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    assert sign_in_with(old_app, person, anyone)["access"]
    rotate()
    settings.FIELD_KEYS = [NEW]
    assert sign_in_with(old_app, person, anyone)["access"]


def test_goes_on_where_it_was_stopped(
    old_app: App, person: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        give_app(PersonFactory())
    settings.FIELD_KEYS = [NEW, OLD]
    monkeypatch.setattr(sealed, "BATCH", 2)
    assert sealed.renew_secrets() == 2  # and then somebody stops it
    assert sealed.count_stale_secrets() == 2
    assert rotate().startswith("2 secrets")
    assert sealed.count_stale_secrets() == 0


def test_reaches_organizations_that_are_closed_and_may_be_reopened(
    old_app: App, globex: Tenant, settings: Any
) -> None:
    with use_tenant(globex):
        mallory = PersonFactory()
        give_app(mallory)
    with use_platform():
        Organization.objects.filter(pk=globex.id).update(status="closing")
    settings.FIELD_KEYS = [NEW, OLD]
    assert rotate().startswith("2 secrets in ")
    with use_tenant(globex):
        assert is_current(secret_of(mallory))


def test_only_counts_in_a_dry_run(old_app: App, person: User, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    before = secret_of(person)
    assert "1 secrets" in rotate("--dry-run")
    assert secret_of(person) == before


def test_names_the_organization_whose_key_has_left_the_ring(
    old_app: App, acme: Tenant, settings: Any
) -> None:
    settings.FIELD_KEYS = [NEW]
    with pytest.raises(CommandError, match=f"A secret of {acme.slug} cannot be read") as refusal:
        rotate()
    assert refusal.value.returncode == 2


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("rotate_field_keys", "--help")
    assert "manage.py rotate_field_keys" in capsys.readouterr().out

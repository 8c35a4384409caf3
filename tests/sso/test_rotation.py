"""The secrets of clients are under the ring of field keys, and the command rotates them."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from shared_apps.kernel.field_keys import is_current, seal, unseal
from shared_apps.kernel.models import SealedField
from shared_apps.kernel.rights import EVERY_FIELD
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.rights.declared import find_rights
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services.sealed import sealed_columns
from tenant_apps.sso.models import Connection
from tests.sso.conftest import is_signed_in, sign_in
from tests.sso.strict_provider import CLIENT_SECRET, StrictProvider

pytestmark = pytest.mark.django_db

OLD, NEW = "the old key of the ring, long enough", "the new key of the ring, long enough"


def test_a_clients_secret_is_written_anew_and_the_old_key_can_go(
    connection: Connection, settings: Settings, sam: User, browser: Client, provider: StrictProvider
) -> None:
    settings.FIELD_KEYS = [OLD]
    Connection.objects.update(sealed_secret=seal(CLIENT_SECRET))
    settings.FIELD_KEYS = [NEW, OLD]
    out = StringIO()
    call_command("rotate_field_keys", stdout=out)
    assert out.getvalue().startswith("1 secrets in ")
    settings.FIELD_KEYS = [NEW]
    connection.refresh_from_db()
    assert is_current(connection.sealed_secret)
    assert unseal(connection.sealed_secret) == CLIENT_SECRET
    sign_in(browser, provider, sub="s-1", email=sam.email)
    assert is_signed_in(browser)


def test_every_sealed_column_is_found_and_may_be_written() -> None:
    declared = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    }
    with use_platform():
        found = set(sealed_columns())
    found |= set(sealed_columns())
    assert found == declared
    assert (Connection, "sealed_secret") in found
    for model, name in found:
        rights = find_rights(model)
        assert rights is not None
        assert name in rights.update or rights.update == EVERY_FIELD, model

"""The commands: an example in --help, one sentence for bad input, exit status 2."""

import io
import json
import os
import subprocess
import sys
from pkgutil import iter_modules

import pytest
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)
from django.core.management.base import BaseCommand
from django_tenants.management import commands as stock_commands

from shared_apps.tenancy.context import Tenant

COMMANDS = {
    "initialize_app": "shared_apps.platform_admin",
    "create_super_admin": "shared_apps.platform_admin",
    "create_sample_organizations": "shared_apps.platform_admin",
    "setup_permissions": "tenant_apps.access",
    "create_organization": "shared_apps.organizations",
    "list_organizations": "shared_apps.organizations",
    "suspend_organization": "shared_apps.organizations",
    "resume_organization": "shared_apps.organizations",
    "migrate_tenants": "shared_apps.tenancy",
    "migrate": "shared_apps.tenancy",
    "write_rights_docs": "shared_apps.tenancy",
    "rebuild_login_hints": "shared_apps.platform_admin",
    "collectstatic": "shared_apps.platform_admin",
    "recompute": "tenant_apps.commissions",
    "replay_deliveries": "shared_apps.audit",
    "import_pipeline": "tenant_apps.imports",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_an_example(name: str) -> None:
    command = load_command_class(COMMANDS[name], name)
    assert isinstance(command, BaseCommand)
    text = command.create_parser("manage.py", name).format_help()
    assert f"manage.py {name}" in text.split("example:")[1]


@pytest.mark.usefixtures("_working_as_owner")  # `migrate` is among them
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create_organization", "--slug", "No!"], "No!"),
        (["create_organization", "--slug", "acme"], "taken"),
        (["create_organization", "--currency", "XQZ"], "XQZ"),
        (["create_organization", "--currency", "XTS"], "'XTS' is no ISO 4217 code of money"),
        (["create_organization", "--country", "Germany"], "/country: 'Germany'"),
        (["create_organization", "--tax-id", "1" * 65], "/tax_id: Must have at most 64"),
        (["create_organization", "--owner-email", "nomail"], "/owner_email: 'nomail' is not"),
        (["create_organization", "--owner-name", "O " + "x" * 151], "/owner_last_name: Must"),
        (["migrate_tenants", "--organization", "nobody"], "nobody"),
        (["suspend_organization", "--organization", "nobody", "--reason", "x"], "nobody"),
        (["resume_organization", "--organization", "acme"], "suspended"),
        (["setup_permissions", "--organization", "nobody"], "nobody"),
        (["migrate", "no_such_app"], "no_such_app"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_status_2(
    acme: Tenant, arguments: list[str], sentence: str
) -> None:
    name, *given = arguments
    defaults = {
        "--slug": "initech",
        "--name": "Initech",
        "--currency": "USD",
        "--owner-email": "o@initech.example",
        "--owner-name": "Olga Owner",
    }
    if name == "create_organization":
        options = defaults | dict(zip(given[::2], given[1::2], strict=True))
        given = [part for pair in options.items() for part in pair]
    with pytest.raises(CommandError) as refusal:
        call_command(name, *given)
    assert refusal.value.returncode == 2
    assert sentence in str(refusal.value)
    assert "\n" not in str(refusal.value)


STOCK = sorted(
    {module.name for module in iter_modules(stock_commands.__path__)}
    - {"migrate", "createsuperuser"}  # replaced by commands that do something
)


@pytest.mark.parametrize("name", STOCK)
def test_a_stock_command_that_goes_past_the_engine_names_another(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = load_command_class(get_commands()[name], name)
    with pytest.raises(SystemExit) as end:
        command.run_from_argv(["manage.py", name, "--schema", "public", "anything"])
    assert end.value.code == 2
    assert f"`{name}` of django-tenants is not used here: " in capsys.readouterr().err


def test_organizations_are_listed_for_machines(acme: Tenant, globex: Tenant) -> None:
    out = io.StringIO()
    call_command("list_organizations", "--json", stdout=out)
    rows = {row["slug"]: row for row in json.loads(out.getvalue())}
    assert rows["acme"]["host"] == "acme.localhost"
    assert rows["globex"]["status"] == "active"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL"),
        ({"DEBUG": "perhaps"}, "DEBUG"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL"),
        ({"DATABASE_POOL_SIZE": "many"}, "DATABASE_POOL_SIZE"),
        ({"PUBLIC_SCHEME": "gopher"}, "PUBLIC_SCHEME"),
        ({"ACCESS_TOKEN_MINUTES": "0"}, "ACCESS_TOKEN_MINUTES"),
        ({"REFRESH_TOKEN_DAYS": "-3"}, "REFRESH_TOKEN_DAYS"),
        ({"STATEMENT_TIMEOUT_MS": "-5"}, "STATEMENT_TIMEOUT_MS"),
        ({"BASE_DOMAIN": "!!"}, "BASE_DOMAIN"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"CLOUDINARY_URL": "https://x"}, "CLOUDINARY_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(
    variables: dict[str, str], sentence: str
) -> None:
    run = subprocess.run(
        [sys.executable, "manage.py", "list_organizations"],
        env={**os.environ, **variables, "DJANGO_SETTINGS_MODULE": "config.settings.base"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert sentence in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_reader_who_has_enough_is_no_failure() -> None:
    run = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} manage.py help --commands | true"],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""

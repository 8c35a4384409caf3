"""setup_permissions, create_super_admin and initialize_app."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from shared_apps.audit.models import EventRecord
from shared_apps.tenancy.context import Tenant, use_nothing, use_platform
from tenant_apps.access.models import Grant
from tenant_apps.accounts.models import User
from tests.accounts.factors import enrol
from tests.cast import PASSWORD
from tests.client import PrsClient, ok

pytestmark = pytest.mark.django_db


def run(name: str, *args: str, stdin: str = "", monkeypatch: Any = None) -> str:
    """Run a command as manage.py does: nothing is selected; return what it says."""
    out = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
    with use_nothing():
        call_command(name, *args, stdout=out)
    return out.getvalue()


class TestSetupPermissions:
    def test_brings_one_organization_in_line(self, acme: Tenant) -> None:
        Grant.objects.filter(role__code="auditor").delete()
        assert run("setup_permissions", "--organization", "acme") == "acme: brought in line\n"
        assert Grant.objects.filter(role__code="auditor").exists()
        assert run("setup_permissions", "--organization", "acme") == "acme: unchanged\n"

    def test_brings_all_organizations_in_line(self, acme: Tenant) -> None:
        assert {"acme: unchanged", "globex: unchanged"} <= set(
            run("setup_permissions").splitlines()
        )

    def test_refuses_an_unknown_organization_in_one_sentence(self, acme: Tenant) -> None:
        with pytest.raises(CommandError, match="There is no organization 'nowhere'") as refusal:
            run("setup_permissions", "--organization", "nowhere")
        assert refusal.value.returncode == 2


class TestCreateSuperAdmin:
    EMAIL = ("--email", "Paula@Platform.example")

    def create(self, monkeypatch: pytest.MonkeyPatch, *args: str, password: str = PASSWORD) -> str:
        stdin = f"{password}\n"
        return run(
            "create_super_admin", *args, "--password-stdin", stdin=stdin, monkeypatch=monkeypatch
        )

    def test_lets_an_operator_in(self, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        said = self.create(monkeypatch, *self.EMAIL, "--name", "Paula Platform")
        assert said.startswith("paula@platform.example operates the platform now.\n")
        given = {"email": "paula@platform.example", "password": PASSWORD}
        client = PrsClient(host="localhost")
        challenge = ok(client.post("/api/platform/auth/login/", given))["challenge"]
        answer = enrol(client, challenge, auth="/api/platform/auth/")["sign_in"]
        assert answer["user"]["full_name"] == "Paula Platform"
        with use_platform():
            assert EventRecord.objects.filter(actor_id="system:create_super_admin").exists()

    @pytest.mark.parametrize(
        ("email", "password", "sentence"),
        [
            ("not-an-address", PASSWORD, "valid e-mail address"),
            ("paula@platform.example", "short", "too short"),
            ("paula@platform.example", "", "too short"),
        ],
    )
    def test_refuses_bad_input_in_one_sentence(
        self,
        email: str,
        password: str,
        sentence: str,
        acme: Tenant,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        with pytest.raises(CommandError, match=sentence) as refusal:
            self.create(monkeypatch, "--email", email, password=password)
        assert refusal.value.returncode == 2
        with use_platform():
            assert not User.objects.filter(email=email).exists()

    def test_refuses_a_second_one_with_the_address(
        self, acme: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.create(monkeypatch, *self.EMAIL)
        with pytest.raises(CommandError, match="already") as refusal:
            self.create(monkeypatch, *self.EMAIL)
        assert refusal.value.returncode == 2

    def test_asks_at_a_terminal_only(self, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        with pytest.raises(CommandError, match="--password-stdin"):
            run("create_super_admin", *self.EMAIL, monkeypatch=monkeypatch)

    def test_takes_no_password_on_the_command_line(self, acme: Tenant) -> None:
        with pytest.raises(CommandError, match="unrecognized arguments"):
            run("create_super_admin", *self.EMAIL, "--password", PASSWORD)


@pytest.mark.usefixtures("_working_as_owner")
class TestInitializeApp:
    OPERATOR = ("--operator-email", "peter@platform.example", "--password-stdin")

    def test_makes_the_operator_once(self, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
        for said in ("operates the platform now.", "operates the platform already."):
            out = run(
                "initialize_app", *self.OPERATOR, stdin=f"{PASSWORD}\n", monkeypatch=monkeypatch
            )
            assert "The database is up to date." in out
            assert f"peter@platform.example {said}" in out

    def test_takes_the_operator_from_the_settings(self, acme: Tenant, settings: Any) -> None:
        settings.OPERATOR_EMAIL = "petra@platform.example"
        settings.OPERATOR_PASSWORD = PASSWORD
        assert "petra@platform.example operates the platform now." in run("initialize_app")

    def test_needs_no_operator(self, acme: Tenant) -> None:
        assert "operates" not in run("initialize_app")

    def test_repairs_the_roles_of_every_organization(self, acme: Tenant) -> None:
        Grant.objects.filter(role__code="auditor").delete()
        assert "1 organizations changed" in run("initialize_app")


class TestCreateSuperUser:
    @pytest.mark.parametrize(
        "args", [(), ("--noinput",), ("--email", "a@example.com", "--no-input"), ("--username=a",)]
    )
    def test_points_at_create_super_admin(self, args: tuple[str, ...]) -> None:
        with pytest.raises(CommandError, match="create_super_admin") as refusal:
            run("createsuperuser", *args)
        assert refusal.value.returncode == 2

    def test_explains_itself(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            call_command("createsuperuser", "--help")
        assert end.value.code == 0
        assert "manage.py create_super_admin" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["setup_permissions", "create_super_admin", "initialize_app"])
def test_help_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command(name, "--help")
    assert f"manage.py {name}" in capsys.readouterr().out

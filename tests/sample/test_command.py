"""`manage.py create_sample_organizations`: makes what is missing, says what is there."""

import stat
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from shared_apps.platform_admin.management.commands import create_sample_organizations
from shared_apps.platform_admin.sample.passwords import find_password, sample_password
from shared_apps.tenancy.management.base import BadInput
from tests.sample.conftest import NewProfile

SMALL = ("--clients", "2", "--deals", "5", "--payments", "8", "--today", "2026-11-01")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_sample_organizations", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("fresh_tenant")
class TestCommand:
    def test_makes_the_sample_once_and_prints_how_to_sign_in(
        self,
        new_profile: NewProfile,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        profile = new_profile()
        monkeypatch.setattr(create_sample_organizations, "PROFILES", (profile,))
        monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
        first = run(*SMALL, "--digest")
        assert f"{profile.slug}: 2 clients, 5 deals, 8 payments up to 2026-11-01" in first

        started = time.monotonic()
        second = run(*SMALL)
        assert time.monotonic() - started < 1
        assert second == f"The sample organizations {profile.slug} are there already.\n"
        assert run("--digest").splitlines()[-1] == first.splitlines()[-1]

        shown = run("--print-sign-ins")
        assert f"http://{profile.slug}.localhost" in shown
        assert "sam@acme.example" in shown
        password = (tmp_path / "sample-password").read_text().strip()
        assert f"password of everyone: {password}" in shown

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (("--today", "soon"), "--today 'soon' is not a day"),
            (("--deals", "0"), "At least one client and one deal"),
            (("--payments", "-1"), "At least one client and one deal"),
        ],
    )
    def test_bad_input_is_one_sentence_and_status_2(
        self, new_profile: NewProfile, arguments: tuple[str, ...], sentence: str
    ) -> None:
        with pytest.raises(BadInput, match=sentence) as refused:
            run(*arguments)
        assert refused.value.returncode == 2


class TestPassword:
    def test_is_random_kept_and_readable_by_its_owner_alone(self, tmp_path: Path) -> None:
        first = sample_password(data_dir=tmp_path / "a")
        assert sample_password(data_dir=tmp_path / "a") == first
        assert sample_password(data_dir=tmp_path / "b") != first
        assert len(first) >= 16
        mode = (tmp_path / "a" / "sample-password").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_may_be_chosen(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PRS_SAMPLE_PASSWORD", "chosen by the owner")
        assert sample_password(data_dir=tmp_path) == "chosen by the owner"
        assert not (tmp_path / "sample-password").exists()

    def test_is_not_known_before_it_is_made(self, tmp_path: Path) -> None:
        assert find_password(data_dir=tmp_path) is None

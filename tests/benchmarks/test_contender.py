"""A contestant in a process of its own, and the settings that each of them has."""

import os
from pathlib import Path

import pytest

from benchmarks.contenders import BenchmarkBroken, Contender

ENGINES = {
    "settings_ours": "shared_apps.tenancy.backend",
    "settings_stock": "django_tenants.postgresql_backend",
    "settings_plain": "django.db.backends.postgresql",
}


def contender(settings: str, tmp_path: Path) -> Contender:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": f"benchmarks.{settings}"}
    return Contender(settings=settings, env=env, log=tmp_path / "log")


@pytest.mark.parametrize("settings", ENGINES)
def test_each_has_its_own_engine(settings: str, tmp_path: Path) -> None:
    with contender(settings, tmp_path) as found:
        assert found.call("tasks.name_engine") == ENGINES[settings]


def test_works_times_profiles_and_reports_what_breaks(tmp_path: Path) -> None:
    with contender("settings_ours", tmp_path) as ours:
        assert 0 < ours.time("tasks.touch") < 60
        profile = ours.profile("tasks.touch")
        assert "1 statements" in profile
        assert "SELECT 1" in profile
        with pytest.raises(BenchmarkBroken, match=r"(?s)tasks\.drop.*is not the name of an org"):
            ours.call("tasks.drop", schema="public")
        # it lives on
        assert 0 < ours.time("tasks.touch") < 60

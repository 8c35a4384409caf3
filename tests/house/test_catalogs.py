"""Catalogs of translations are compiled where they are needed, and whole."""

import os
from pathlib import Path

import pytest

from config import catalogs

SOURCE = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Deal"
msgstr "%s"
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogs, "CHECKOUT", tmp_path)
    path = tmp_path / "tenant_apps" / "portal" / "locale" / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(SOURCE % "Handel", encoding="utf-8")
    return path


def test_a_missing_one_is_compiled_once(source: Path) -> None:
    assert catalogs.compile_stale() == 1
    assert b"Handel" in source.with_suffix(".mo").read_bytes()
    assert catalogs.compile_stale() == 0
    assert [each.name for each in source.parent.iterdir() if each.suffix == ".tmp"] == []


def test_one_that_is_older_than_its_source_is_compiled_again(source: Path) -> None:
    catalogs.compile_stale()
    source.write_text(SOURCE % "Geschäft", encoding="utf-8")
    os.utime(source, (later := source.with_suffix(".mo").stat().st_mtime + 5, later))
    assert catalogs.compile_stale() == 1
    assert "Geschäft".encode() in source.with_suffix(".mo").read_bytes()

"""docs/errors.md lists every code that the API can answer with."""

import re
from collections import defaultdict
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from shared_apps.web.refusals import all_refusals, error_page

pytestmark = pytest.mark.django_db


class TestErrorPage:
    def test_is_up_to_date(self) -> None:
        assert Path("docs/errors.md").read_text(encoding="utf-8") == error_page()

    def test_lists_the_codes_of_the_api(self) -> None:
        codes = {refusal.code for refusal in all_refusals()}

        assert {"not_found", "stale_version", "idempotency_mismatch", "throttled"} <= codes
        assert {"maker_is_checker", "organization_suspended"} <= codes

    def test_gives_each_code_one_status(self) -> None:
        statuses = defaultdict(set)
        for refusal in all_refusals():
            statuses[refusal.code].add(refusal.status)

        assert {code: seen for code, seen in statuses.items() if len(seen) > 1} == {}

    def test_explains_each_code_in_sentences(self) -> None:
        for refusal in all_refusals():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", refusal.code), refusal
            assert refusal.when, refusal
            assert refusal.message.endswith("."), refusal


class TestWriteErrorDocs:
    def test_checks_without_writing(self) -> None:
        call_command("write_error_docs", "--check")

    def test_writes_the_page(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "docs").mkdir()
        monkeypatch.chdir(tmp_path)

        with pytest.raises(CommandError, match="outdated"):
            call_command("write_error_docs", "--check")
        call_command("write_error_docs", stdout=StringIO())

        assert (tmp_path / "docs/errors.md").read_text(encoding="utf-8") == error_page()

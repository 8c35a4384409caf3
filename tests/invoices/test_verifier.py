"""The verifier needs the export alone, and finds whatever was changed in it."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.invoices import verifier
from tenant_apps.invoices.certificate import ChainLink, chain_hash, hash_of
from tenant_apps.invoices.selectors import export_series
from tenant_apps.invoices.services import credit_invoice
from tenant_apps.invoices.verifier import problems_of
from tests.client import PrsClient, error
from tests.factories.deals import WonDealFactory
from tests.factories.invoices import IssuedInvoiceFactory
from tests.invoices.stories import taxed_deal

URL = "/api/business/invoices/series/{}/2026/export/"
Rows = list[dict[str, Any]]


@pytest.fixture
def rows(sam: User, fay: User, at_noon: datetime) -> Rows:
    """Return the export of a series of three invoices, read."""
    IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), at=at_noon)
    for _ in range(2):
        IssuedInvoiceFactory(deal=WonDealFactory(by=sam, at=at_noon), at=at_noon)
    return exported("invoice", fay)


def exported(kind: str, viewer: User) -> Rows:
    """Return the lines of an export, read."""
    return [json.loads(line) for line in export_series(series_type=kind, year=2026, viewer=viewer)]


def check(rows: Rows) -> list[str]:
    """Return what the verifier finds."""
    return problems_of(json.dumps(row) for row in rows)


def drop_one(rows: Rows) -> None:
    del rows[2]


def drop_last(rows: Rows) -> None:
    del rows[-1]


def swap(rows: Rows) -> None:
    rows[1], rows[2] = rows[2], rows[1]


def double(rows: Rows) -> None:
    rows.append(rows[-1])


def rehash(rows: Rows) -> None:
    """Change a total and give the paper a hash that fits: the chain is still another."""
    document = rows[2]["document"]
    document["due_on"] = "2030-01-01"
    rows[2]["content_hash"] = hash_of(document)


def set_at(path: str, value: object) -> Callable[[Rows], None]:
    """Return what sets one place of the export: "1.document.total"."""

    def change(rows: Rows) -> None:
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        place: Any = rows
        for part in parents:
            place = place[part]
        assert place[last] != value
        place[last] = value

    change.__name__ = path
    return change


CHANGES = [
    drop_one,
    drop_last,
    swap,
    double,
    rehash,
    *(
        set_at(path, value)
        for path, value in (
            ("0.count", 4),
            ("0.first_number", 2),
            ("0.next_number", 5),
            ("0.first", "INV-2026-000002"),
            ("0.last", "INV-2026-000009"),
            ("0.is_gapless", False),
            ("0.chain_hash", "ab" * 32),
            ("0.totals.0.amount", "1.00"),
            ("0.totals", []),
            ("1.number", "INV-2026-000009"),
            ("1.sequence", 7),
            ("1.currency", "EUR"),
            ("1.total", "1.00"),
            ("1.content_hash", "cd" * 32),
            ("1.document.number", "INV-2026-000009"),
            ("1.document.issued_on", "2025-01-01"),
            ("1.document.due_on", "2025-01-01"),
            ("1.document.deal_id", "another"),
            ("1.document.currency", "EUR"),
            ("1.document.net", "1.00"),
            ("1.document.tax", "1.00"),
            ("1.document.total", "1.00"),
            ("1.document.issuer.legal_name", "Evil Ltd"),
            ("1.document.party.name", "Somebody"),
            ("1.document.lines.0.description", "Air"),
            ("1.document.lines.0.quantity", "9"),
            ("1.document.lines.0.unit_price", "9.0000"),
            ("1.document.lines.0.discount_percent", "9"),
            ("1.document.lines.0.tax_rate_percent", "9"),
            ("1.document.lines.0.net", "0.01"),
            ("1.document.lines.0.tax", "0.01"),
        )
    ),
]


class TestVerifier:
    def test_is_content_with_an_export(self, rows: Rows) -> None:
        assert check(rows) == []
        assert [row["number"] for row in rows[1:]] == [f"INV-2026-00000{n}" for n in (1, 2, 3)]

    @pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
    def test_finds_every_change(self, rows: Rows, change: Callable[[Rows], None]) -> None:
        change(rows)
        assert check(rows)

    def test_is_content_with_credit_notes_too(
        self, sam: User, fay: User, at_noon: datetime
    ) -> None:
        invoice = IssuedInvoiceFactory(deal=taxed_deal(sam, at_noon), at=at_noon)
        credit_invoice(invoice_id=invoice.pk, amount=None, reason="Broken.", by=fay, at=at_noon)
        found = exported("credit_note", fay)
        assert check(found) == []
        found[1]["document"]["reason"] = "Because."
        assert check(found)

    def test_hashes_as_the_product_does(self) -> None:
        document = {"b": "ü", "a": ["1", {"c": None}]}
        assert verifier.hash_of(document) == hash_of(document)
        link = verifier.next_link(verifier.START, number="INV-1", content_hash="aa")
        assert link == chain_hash([ChainLink("INV-1", "aa")])

    @pytest.mark.parametrize("text", ["", "no json", "{}", '{"format":"other"}', "[1]"])
    def test_says_when_it_cannot_read_a_file(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "export.jsonl"
        path.write_text(text)
        assert verifier.main([str(path)]) == 2

    def test_runs_alone_from_a_copy(self, rows: Rows, tmp_path: Path) -> None:
        program, export = tmp_path / "verifier.py", tmp_path / "export.jsonl"
        program.write_text(Path(verifier.__file__).read_text())
        export.write_text("\n".join(json.dumps(row) for row in rows))
        command = [sys.executable, "-I", str(program), str(export)]
        good = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert (good.returncode, good.stdout) == (0, "verify: ok (3 papers)\n")
        rows[1]["document"]["total"] = "1.00"
        export.write_text("\n".join(json.dumps(row) for row in rows))
        bad = subprocess.run(command, capture_output=True, text=True, env={}, check=False)
        assert bad.returncode == 1
        assert "INV-2026-000001: the content does not have its hash." in bad.stdout


class TestExport:
    def test_streams_the_lines(self, as_fay: PrsClient, rows: Rows) -> None:
        answer: Any = as_fay.get(URL.format("invoice"))
        assert answer["Content-Type"] == "application/x-ndjson"
        assert answer["Content-Disposition"] == 'attachment; filename="invoice-2026.jsonl"'
        content = b"".join(answer.streaming_content).decode()
        assert [json.loads(line) for line in content.splitlines()] == rows

    def test_is_for_whoever_sees_the_whole_series(
        self, as_sam: PrsClient, as_tim: PrsClient, as_mallory: PrsClient, rows: Rows
    ) -> None:
        for client in (as_sam, as_tim):
            error(client.get(URL.format("invoice")), 403)
        error(as_mallory.get(URL.format("invoice")), 404)
        error(as_mallory.get(URL.format("nonsense")), 404)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85"])
def test_reads_names_that_hold_the_end_of_a_line(
    rows: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str], mark: str
) -> None:
    rows[0]["note"] = f"North{mark}wind"
    file = tmp_path / "series.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert verifier.main([str(file)]) == 0
    assert capsys.readouterr().out == "verify: ok (3 papers)\n"

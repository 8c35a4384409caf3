"""What is on the PDF of a paper, in which words, letters and order."""

import logging
import re
import subprocess
import sys
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader

from shared_apps.kernel.money import Money
from tenant_apps.invoices.papers import LOCALES, PaperKind, render
from tenant_apps.invoices.papers.fonts import families_for, path_of
from tenant_apps.invoices.papers.labels import words_of
from tests.invoices.papers import a_line, a_paper, pages_of

SCRIPTS = {
    "ar": "ألواح شمسية مع ضمان عشر سنوات",
    "he": "לוחות סולאריים",
    "hi": "सौर पैनल क्षत्रिय",
    "ja": "太陽光パネル保証付き",
    "zh": "太阳能板安装",
    "ko": "태양광 패널",
    "th": "แผงโซลาร์เซลล์",
    "bn": "সৌর প্যানেল",
    "ta": "சூரிய தகடு",
    "ka": "მზის პანელი",
    "hy": "արևային վահանակ",
    "am": "የፀሐይ ፓነል",
    "el": "Ηλιακά πάνελ",
    "ru": "Солнечные панели",
    "vi": "Tấm pin mặt trời",
    "emoji": "Panels ☀ 😀 ★",
}


class TestPaper:
    def test_says_who_owes_whom_what_until_when(self) -> None:
        (page,) = pages_of(render(a_paper(a_line(quantity=Decimal(3)))))

        for text in (
            "Invoice",
            "INV-2026-000042",
            "March 2, 2026",
            "March 16, 2026",
            "DL-0007",
            "Northwind Traders Ltd",
            "United Kingdom",
            "GB999999973",
            "Acme Solar GmbH",
            "DE123456789",
            "EUR 119.00",
            "IBAN DE89 3704 0044 0532 0130 00",
            "ab" * 32,
            "Page 1 of 1",
        ):
            assert text in page, text

    def test_sums_the_tax_by_rate(self) -> None:
        lines = (
            a_line(net="100.00"),
            a_line(net="50.00", tax_rate_percent=Decimal(7)),
            a_line(net="10.00"),
            a_line(net="30.00", tax_rate_percent=Decimal(0), tax_reason="Reverse charge"),
        )
        paper = a_paper(*lines)

        sums = [
            (str(each.rate_percent), each.reason, str(each.net), str(each.tax))
            for each in paper.tax_sums
        ]
        assert sums == [
            ("19", "", "110.00 EUR", "20.90 EUR"),
            ("7", "", "50.00 EUR", "3.50 EUR"),
            ("0", "Reverse charge", "30.00 EUR", "0.00 EUR"),
        ]
        (page,) = pages_of(render(paper))
        assert "Reverse charge" in page
        assert all(text in page for text in ("110.00", "20.90", "3.50", "EUR 24.40"))

    def test_repeats_its_head_on_every_page_and_counts_them(self) -> None:
        lines = [a_line(f"Item {number}") for number in range(1, 61)]
        pages = pages_of(render(a_paper(*lines)))

        assert len(pages) >= 2
        for number, page in enumerate(pages, start=1):
            assert f"Page {number} of {len(pages)}" in page
            assert "INV-2026-000042" in page
        assert all("Tax rate" in page for page in pages)
        whole = "\n".join(pages)
        assert re.findall(r"Item (\d+) 19", whole) == [str(number) for number in range(1, 61)]

    def test_shows_how_a_part_of_a_price_came_about(self) -> None:
        part = a_line(net="40.00", quantity=Decimal(2), unit_price=Money.of("50.00", "EUR"))
        whole = a_line(net="100.00", quantity=Decimal(2), unit_price=Money.of("50.00", "EUR"))

        assert (part.is_part, whole.is_part) == (True, False)
        assert "part of the agreed price" in pages_of(render(a_paper(part)))[0]

    def test_marks_a_copy(self) -> None:
        paper = a_paper(*[a_line() for _ in range(60)], is_copy=True)

        assert all("COPY" in page for page in pages_of(render(paper)))

    def test_of_a_credit_note_names_the_invoice_and_the_reason(self) -> None:
        note = a_paper(
            kind=PaperKind.CREDIT_NOTE, corrects="INV-2026-000007", reason="Broken.", due_on=None
        )
        (page,) = pages_of(render(note))

        assert "This note takes EUR 119.00 of invoice INV-2026-000007 back." in page
        assert "Reason: Broken." in page
        assert "IBAN" not in page

    def test_carries_the_logo(self) -> None:
        out = BytesIO()
        Image.new("RGB", (60, 20), "#0a6e5c").save(out, "PNG")
        reader = PdfReader(BytesIO(render(a_paper(logo=out.getvalue()))))

        assert [image.image.size for image in reader.pages[0].images if image.image] == [(60, 20)]

    @pytest.mark.parametrize("colour", ["#0a6e5c", "#FFFFFF", ""])
    def test_takes_any_colour(self, colour: str) -> None:
        assert render(a_paper(issuer={"colour": colour})).startswith(b"%PDF-")


class TestWords:
    @pytest.mark.parametrize("locale", LOCALES)
    def test_are_there_in_every_language(self, locale: str) -> None:
        assert words_of(locale).labels.keys() == words_of("en").labels.keys()
        assert all(words_of(locale).labels.values())

    def test_are_german_with_german_figures(self) -> None:
        paper = a_paper(a_line(net="1234567.50"), issuer={"locale": "de-AT"})
        (page,) = pages_of(render(paper))

        for text in ("Rechnung", "2. März 2026", "Seite 1 von 1", "Vereinigtes Königreich"):
            assert text in page
        assert "1.469.135,3" in page.replace("\u00a0", ".")

    def test_fall_back_to_english(self) -> None:
        assert words_of("xx").labels == words_of("en").labels
        assert words_of("nonsense!").labels == words_of("en").labels

    def test_keep_the_exponent_of_the_currency(self) -> None:
        words = words_of("en")
        assert words.figure(Money.of("3300", "JPY")) == "3,300"
        assert words.figure(Money.of("1.5", "KWD")) == "1.500"

    def test_begin_on_the_right_in_arabic(self) -> None:
        left = _x_of("Acme", a_paper(issuer={"locale": "en"}))
        right = _x_of("Acme", a_paper(issuer={"locale": "ar"}))

        assert left < 80
        assert right > 450


class TestLetters:
    @pytest.mark.parametrize("script", SCRIPTS)
    def test_of_every_script_are_there(self, script: str, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.WARNING):
            content = render(a_paper(a_line(SCRIPTS[script])))

        assert [record.getMessage() for record in caplog.records] == []
        assert content.startswith(b"%PDF-")

    @pytest.mark.parametrize("locale", ["ja", "zh"])
    def test_can_be_read_out_again(self, locale: str) -> None:
        (page,) = pages_of(render(a_paper(a_line(SCRIPTS[locale]), issuer={"locale": locale})))

        assert SCRIPTS[locale] in page
        assert words_of(locale)["invoice"] in page

    def test_join_in_arabic(self) -> None:
        fonts = families_for(["فاتورة 2026"])
        assert fonts == ["NotoSansArabic"]
        (page,) = pages_of(render(a_paper(issuer={"locale": "ar"})))
        assert "INV-2026-000042" in page

    def test_open_no_font_that_they_do_not_need(self) -> None:
        assert families_for(["Größe, été, Łódź"]) == []

    @pytest.mark.parametrize("text", list(SCRIPTS.values()))
    def test_come_from_fonts_that_are_installed(self, text: str) -> None:
        assert all(path_of(family).is_file() for family in families_for([text]))


class TestBytes:
    def test_are_the_same_in_another_process(self) -> None:
        program = (
            "import hashlib; from tests.invoices.papers import a_line, a_paper;"
            "from tenant_apps.invoices.papers import render;"
            "print(hashlib.sha256(render(a_paper(a_line('太陽光 शक्ति'), a_line()))).hexdigest())"
        )
        hashes = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
        }

        assert len(hashes) == 1

    def test_differ_with_every_change(self) -> None:
        made = {
            render(a_paper()),
            render(a_paper(is_copy=True)),
            render(a_paper(content_hash="cd" * 32)),
            render(a_paper(a_line(net="100.01"))),
        }
        assert len(made) == 4


def _x_of(text: str, paper: object) -> float:
    """Return where a text begins on the first page, in points from the left."""
    found: list[float] = []

    def visit(seen: str, _cm: object, matrix: list[float], _font: object, _size: object) -> None:
        if seen.strip() == text:
            found.append(matrix[4])

    page = PdfReader(BytesIO(render(paper))).pages[0]  # type: ignore[arg-type]  # a paper
    page.extract_text(visitor_text=visit)
    return found[0]

"""CSV files are read as streams, and a broken row spoils no other."""

from pathlib import Path

import pytest

from tenant_apps.imports.reading import Line, UnreadableFile, read_lines

COLUMNS = ("name", "note")


def read(path: Path, content: bytes) -> list[Line]:
    path.write_bytes(content)
    return list(read_lines(path, columns=COLUMNS))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.csv"


class TestReadLines:
    def test_numbers_each_row_by_its_first_line(self, path: Path) -> None:
        lines = read(path, b'name,note\na,1\n\n"b","x\r\ny"\nc,3\n')
        assert [line.number for line in lines] == [2, 4, 6]

    def test_refuses_text_over_several_lines_but_reads_on(self, path: Path) -> None:
        broken, good = read(path, b'name,note\n"b","x\ny"\nc,3\n')
        assert (broken.problem, good.values) == (
            "note has characters that are no text.",
            {"name": "c", "note": "3"},
        )

    def test_takes_columns_in_any_order_and_more_of_them(self, path: Path) -> None:
        (line,) = read(path, b"note,extra,name\n1,2,a\n")
        assert line.values == {"note": "1", "extra": "2", "name": "a"}

    def test_reads_past_a_byte_order_mark_and_spaces(self, path: Path) -> None:
        (line,) = read(path, b"\xef\xbb\xbfname, note\n a ,\t1\n".replace(b"\t", b" "))
        assert line.values == {"name": "a", "note": "1"}

    def test_names_only_the_row_that_is_no_utf_8(self, path: Path) -> None:
        broken, good = read(path, b"name,note\nM\xfcller,1\nM\xc3\xbcller,2\n")
        assert broken.problem == "name has characters that are no text."
        assert good.values["name"] == "Müller"

    def test_reads_on_after_a_field_that_is_too_large(self, path: Path) -> None:
        lines = read(path, b"name,note\n" + b"x" * 200_000 + b",1\nb,2\n")
        assert "not CSV" in lines[0].problem
        assert lines[-1].values["name"] == "b"

    def test_asks_for_every_column(self, path: Path) -> None:
        with pytest.raises(UnreadableFile, match="lacks the column note"):
            read(path, b"name\na\n")

    def test_reads_no_further_than_it_is_asked_to(self, path: Path) -> None:
        path.write_text("name,note\n" + "a,1\n" * 100_000, encoding="utf-8")
        stream = read_lines(path, columns=COLUMNS)
        assert next(stream).number == 2
        stream.close()  # type: ignore[attr-defined]  # a generator

    def test_loses_only_the_line_of_a_quote_that_is_never_closed(self, path: Path) -> None:
        rows = b'name,note\na,1\n"b,2\nc,3\nd,4\n'
        lines = read(path, rows)
        assert [(line.number, bool(line.problem)) for line in lines] == [
            (2, False),
            (3, True),
            (4, False),
            (5, False),
        ]

"""A sheet of A4: text, pictures and tables from the reading side on, in any script."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos

from tenant_apps.invoices.papers.fonts import BASE, families_for, path_of

MARGIN_MM, TOP_MM, BOTTOM_MM = 20.0, 16.0, 24.0
PAGE_MM = 210.0
BODY_MM = PAGE_MM - 2 * MARGIN_MM
FULL = 0.0
GREY, BLACK = (105, 110, 118), (24, 26, 30)
LINE_HEIGHT = 1.32
PT_MM = 25.4 / 72
# a stroke around each letter makes any script bold, whatever font it comes from
BOLD_STROKE = 0.022


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its width in mm (FULL: what is left), and its side."""

    head: str
    width: float
    end: bool = False


class Sheet(FPDF):
    """Pages that are filled from the top. Places count from the side where reading begins.

    `head` draws the top of every page but the first; `draw_feet` the bottom of all, at the end.
    """

    def __init__(
        self, *, texts: Sequence[str], is_right_to_left: bool, colour: tuple[int, int, int]
    ) -> None:
        super().__init__(format="A4", unit="mm")
        self.is_right_to_left = is_right_to_left
        self.colour = colour
        self.head: Callable[[], None] = _nothing
        self._heights: dict[tuple[str, float, float], float] = {}
        self.set_margins(MARGIN_MM, TOP_MM, MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=BOTTOM_MM)
        self._open_fonts(texts)

    def _open_fonts(self, texts: Sequence[str]) -> None:
        self.add_font(BASE, "", path_of(BASE))
        families = families_for(texts)
        for family in families:
            self.add_font(family, "", path_of(family))
        self.set_fallback_fonts(families, exact_match=False)
        self.set_text_shaping(use_shaping_engine=True)
        self.set_font(BASE, "", 10)

    def describe(self, *, title: str, author: str, language: str, at: datetime) -> None:
        """Say what the document is; nothing of the moment of drawing is written into it."""
        self.set_title(title)
        self.set_author(author)
        self.set_lang(language)
        self.set_creation_date(at)
        self.set_producer("PRS")
        self.set_creator("PRS")

    def header(self) -> None:
        """Draw the top of a further page; called by fpdf2."""
        if self.page_no() > 1:
            self.head()

    def draw_feet(self, draw: Callable[[], None]) -> None:
        """Draw the bottom of every page, now that it is known how many there are."""
        self.set_auto_page_break(auto=False)
        for page in range(1, self.pages_count + 1):
            self.page = page
            self.set_draw_color(0)  # fpdf2 says only what changes: on this page all of it is new
            self.set_line_width(1)
            self.set_y(-BOTTOM_MM + 7)
            draw()

    def text_at(  # noqa: PLR0913  where, what, and four ways to look
        self,
        start: float,
        width: float,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: tuple[int, int, int] | None = None,
        grey: bool = False,
        end: bool = False,
    ) -> None:
        """Write wrapped text into a box that begins `start` mm from the reading side; move below.

        `end` puts it to the far side of the box.
        """
        self._select_font(size)
        self.set_text_color(*(colour or (GREY if grey else BLACK)))
        self.set_x(self._left_of(start, width))
        with self._boldly(size, bold=bold):
            self.multi_cell(
                width,
                size * PT_MM * LINE_HEIGHT,
                text,
                align="R" if end != self.is_right_to_left else "L",
                new_x=XPos.LMARGIN,
                new_y=YPos.NEXT,
                padding=0,
            )

    def _select_font(self, size: float) -> None:
        """Select the base font and say so on the page.

        Left to itself, fpdf2 says it within a line that begins with a fallback font, and takes it
        back at the end of that line.
        """
        self.set_font(BASE, "", size)
        if self.current_font is not None:
            self._out(self._set_font_for_page(self.current_font, size))

    @contextmanager
    def _boldly(self, size: float, *, bold: bool) -> Iterator[None]:
        if not bold:
            yield
            return
        self.text_mode = TextMode.FILL_STROKE
        self.set_line_width(size * PT_MM * BOLD_STROKE)
        if self.text_color is not None:
            self.set_draw_color(self.text_color)
        yield
        self.text_mode = TextMode.FILL
        self._out("0 Tr")  # fpdf2 never says it

    def _left_of(self, start: float, width: float) -> float:
        if self.is_right_to_left:
            return PAGE_MM - MARGIN_MM - start - width
        return MARGIN_MM + start

    def height_of(self, text: str, *, width: float, size: float) -> float:
        """Return the height in mm that text takes in a box of this width."""
        key = (text, width, size)
        if key not in self._heights:
            self.set_font(BASE, "", size)
            height = size * PT_MM * LINE_HEIGHT
            lines: Any = self.multi_cell(
                width, height, text, dry_run=True, output="LINES", padding=0
            )
            self._heights[key] = len(lines) * height
        return self._heights[key]

    def paragraph(
        self, text: str, *, size: float, bold: bool = False, grey: bool = False, gap: float = 3.0
    ) -> None:
        """Write text over the whole width, with a gap below."""
        self.text_at(0, BODY_MM, text, size=size, bold=bold, grey=grey)
        self.set_y(self.get_y() + gap)

    def picture(self, picture: BytesIO, *, within: tuple[float, float]) -> None:
        """Place a picture at the reading side, as large as fits."""
        width, height = within
        self.image(
            picture,
            x=self._left_of(0, width),
            y=self.get_y(),
            w=width,
            h=height,
            keep_aspect_ratio=True,
        )

    def rule(self, *, start: float = 0.0) -> None:
        """Draw a thin line from `start` mm to the far side; move a little below."""
        left = self._left_of(start, BODY_MM - start)
        y = self.get_y() + 0.8
        self.set_draw_color(200, 204, 210)
        self.set_line_width(0.2)
        self.line(left, y, left + BODY_MM - start, y)
        self.set_y(y + 1.2)

    def keep_together(self, height: float) -> None:
        """Begin a new page when less than `height` mm are left of this one."""
        if self.will_page_break(height):
            self.add_page()

    @contextmanager
    def listing(self, columns: Sequence[Column]) -> Iterator["Table"]:
        """Draw a table; its head is repeated on every page that it reaches."""
        table = Table(self, columns)
        table.draw_head()
        yield table
        self.rule()


class Table:
    """Rows below each other; a row is never torn apart unless it is longer than a page."""

    SIZE, SMALL, GAP = 9.0, 7.5, 1.4

    def __init__(self, sheet: Sheet, columns: Sequence[Column]) -> None:
        self.sheet = sheet
        rest = BODY_MM - sum(column.width for column in columns)
        self.columns = [Column(c.head, c.width or rest, c.end) for c in columns]

    def draw_head(self) -> None:
        """Draw the head on a ground of the organization's colour."""
        sheet, heads = self.sheet, [column.head for column in self.columns]
        y, height = sheet.get_y(), self._text_height(heads, size=self.SMALL) + 2.6
        sheet.set_fill_color(*sheet.colour)
        sheet.rect(MARGIN_MM, y, BODY_MM, height, style="F")
        sheet.set_y(y + 1.3)
        self._draw_cells(heads, size=self.SMALL, colour=(255, 255, 255))
        sheet.set_y(y + height + self.GAP)

    def row(self, cells: Sequence[str], *, below: str = "") -> None:
        """Draw a row; `below` stands in small print under the widest column."""
        height = self._row_height(cells, below)
        if self.sheet.will_page_break(height):
            self.sheet.add_page()
            self.draw_head()
        top = self.sheet.get_y()
        self._draw_cells(cells, size=self.SIZE)
        if below:
            start, width = self._widest()
            self.sheet.set_y(top + self._description_height(cells))
            self.sheet.text_at(start, width, below, size=self.SMALL, grey=True)
        self.sheet.set_y(max(self.sheet.get_y(), top + height))

    def _draw_cells(
        self, cells: Sequence[str], *, size: float, colour: tuple[int, int, int] | None = None
    ) -> None:
        sheet, start = self.sheet, 0.0
        top = lowest = sheet.get_y()
        for column, cell in zip(self.columns, cells, strict=True):
            sheet.set_y(top)
            sheet.text_at(
                start + 1, column.width - 2, cell, size=size, colour=colour, end=column.end
            )
            lowest = max(lowest, sheet.get_y())
            start += column.width
        sheet.set_y(lowest)

    def _row_height(self, cells: Sequence[str], below: str) -> float:
        _, width = self._widest()
        small = self.sheet.height_of(below, width=width, size=self.SMALL) if below else 0.0
        return self._description_height(cells) + small + self.GAP

    def _description_height(self, cells: Sequence[str]) -> float:
        """Return the height of the widest cell: the others hold figures and fit on one line."""
        _, width = self._widest()
        text = max(zip(self.columns, cells, strict=True), key=lambda pair: pair[0].width)[1]
        return self.sheet.height_of(text, width=width, size=self.SIZE)

    def _text_height(self, cells: Sequence[str], *, size: float = SIZE) -> float:
        pairs = zip(self.columns, cells, strict=True)
        return max(
            self.sheet.height_of(cell, width=column.width - 2, size=size) for column, cell in pairs
        )

    def _widest(self) -> tuple[float, float]:
        """Return where the widest column begins, and its width, as text_at takes them."""
        widest = max(range(len(self.columns)), key=lambda n: self.columns[n].width)
        start = sum(column.width for column in self.columns[:widest])
        return start + 1, self.columns[widest].width - 2


def _nothing() -> None:
    """Draw nothing."""

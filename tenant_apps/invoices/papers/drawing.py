"""Draw a paper as PDF: the same paper gives the same bytes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from shared_apps.kernel.money import Money
from tenant_apps.invoices.papers.content import Paper, PaperKind, PaperLine, address_lines
from tenant_apps.invoices.papers.labels import Words, words_of
from tenant_apps.invoices.papers.sheet import BODY_MM, FULL, Column, Sheet

TIMES, MINUS, DASH = "\u00d7", "\u2212", "\u2013"
SMALL, NORMAL, LARGE = 7.5, 9.5, 20.0
LOGO_MM = (55.0, 20.0)
META_MM = 78.0
GAP = 4.0


def render(paper: Paper) -> bytes:
    """Return the PDF of a paper. Its bytes follow from the paper alone, so its hash can be kept."""
    words = words_of(paper.locale)
    sheet = Sheet(
        texts=[*paper.texts(), *words.labels.values()],
        is_right_to_left=words.is_right_to_left,
        colour=paper.colour,
    )
    sheet.describe(
        title=f"{words[paper.kind]} {paper.number}".strip(),
        author=str(paper.issuer.get("legal_name") or ""),
        language=str(words.locale.language),
        at=paper.issued_at.replace(microsecond=0),
    )
    sheet.head = lambda: _draw_head_again(sheet, paper, words)
    sheet.add_page()
    for draw in (_draw_top, _draw_parties, _draw_lines, _draw_sums, _draw_closing):
        draw(sheet, paper, words)
    sheet.draw_feet(lambda: _draw_foot(sheet, paper, words))
    return bytes(sheet.output())


def _draw_top(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw logo or name on one side, the kind of paper on the other."""
    top = sheet.get_y()
    if paper.logo:
        sheet.picture(BytesIO(paper.logo), within=LOGO_MM)
    else:
        sheet.text_at(
            0, 100, str(paper.issuer.get("name") or ""), size=15, bold=True, colour=paper.colour
        )
    sheet.set_y(top)
    title = words[paper.kind]
    sheet.text_at(BODY_MM - 90, 90, title, size=LARGE, bold=True, colour=paper.colour, end=True)
    if paper.is_copy:
        sheet.text_at(BODY_MM - 90, 90, words["copy"].upper(), size=11, bold=True, end=True)
    sheet.set_y(max(sheet.get_y(), top + LOGO_MM[1]) + GAP)


def _draw_head_again(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw the short head of a further page."""
    top = sheet.get_y()
    mark = f" {DASH} {words['copy'].upper()}" if paper.is_copy else ""
    sheet.text_at(0, 110, f"{words[paper.kind]} {paper.number}{mark}", size=NORMAL, bold=True)
    sheet.set_y(top)
    name = str(paper.issuer.get("legal_name") or "")
    sheet.text_at(BODY_MM - 90, 90, name, size=NORMAL, end=True, grey=True)
    sheet.rule()
    sheet.set_y(sheet.get_y() + GAP)


def _draw_parties(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw who is addressed on one side, the particulars on the other."""
    top = sheet.get_y()
    sender = " · ".join(_address(paper.issuer, words))
    sheet.text_at(0, 88, sender, size=6.5, grey=True)
    sheet.set_y(sheet.get_y() + 1.5)
    for position, text in enumerate(_address(paper.party, words)):
        sheet.text_at(0, 88, text, size=10.5, bold=position == 0)
    bottom = sheet.get_y()
    sheet.set_y(top)
    for label, value in _particulars(paper, words):
        y = sheet.get_y()
        sheet.text_at(BODY_MM - META_MM, 34, label, size=SMALL + 0.5, grey=True)
        below = sheet.get_y()
        sheet.set_y(y)
        sheet.text_at(BODY_MM - META_MM + 34, META_MM - 34, value, size=NORMAL, end=True)
        sheet.set_y(max(sheet.get_y(), below) + 0.8)
    sheet.set_y(max(sheet.get_y(), bottom) + 2 * GAP)


def _address(side: Mapping[str, Any], words: Words) -> list[str]:
    country = (side.get("address") or {}).get("country") or ""
    return [*address_lines(side), *([words.country(country)] if country else [])]


def _particulars(paper: Paper, words: Words) -> list[tuple[str, str]]:
    due = words.day(paper.due_on) if paper.due_on else ""
    issued = "" if paper.kind is PaperKind.DRAFT else words.day(paper.issued_on)
    pairs = [
        (words["number"], paper.number),
        (words["issued_on"], issued),
        (words["due_on"], due),
        (words["corrects"], paper.corrects),
        (words["reference"], paper.reference),
        (words["client_tax_id"], str(paper.party.get("tax_id") or "")),
    ]
    return [(label, value) for label, value in pairs if value]


def _draw_lines(sheet: Sheet, paper: Paper, words: Words) -> None:
    currency = paper.total.currency
    columns = (
        Column("", 9),
        Column(words["description"], FULL),
        Column(words["tax_rate"], 19, end=True),
        Column(f"{words['net']} ({currency})", 27, end=True),
        Column(words["tax"], 20, end=True),
        Column(f"{words['amount']} ({currency})", 29, end=True),
    )
    with sheet.listing(columns) as table:
        for position, line in enumerate(paper.lines, start=1):
            cells = (
                words.number_of(position),
                line.description,
                words.percent(line.tax_rate_percent),
                words.figure(line.net),
                words.figure(line.tax),
                words.figure(line.gross),
            )
            table.row(cells, below=_small_print(line, words))


def _small_print(line: PaperLine, words: Words) -> str:
    """Return what stands below a description: how the price came about, why no tax is due."""
    parts = []
    if line.quantity is not None and line.unit_price is not None:
        parts.append(f"{words.number(line.quantity)} {TIMES} {words.figure(line.unit_price)}")
    if line.discount_percent:
        parts.append(f"{MINUS}{words.percent(line.discount_percent)}")
    if line.is_part:
        parts.append(words["part"])
    if line.supplied_on:
        parts.append(words.say("supplied_on", day=words.day(line.supplied_on)))
    if line.tax_reason:
        parts.append(line.tax_reason)
    return " · ".join(parts)


def _draw_sums(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw the tax by rate, and the totals; all of it on one page."""
    sums = paper.tax_sums
    sheet.keep_together(6.0 * (len(sums) + 6))
    top = sheet.get_y() + GAP
    sheet.set_y(top)
    rows = [(words["tax_rate"], words["net"], words["tax"])]
    rows += [
        (words.percent(each.rate_percent), words.figure(each.net), words.figure(each.tax))
        for each in sums
    ]
    for position, cells in enumerate(rows):
        _draw_cells(sheet, cells, widths=(22.0, 28.0, 26.0), is_head=position == 0)
    bottom = sheet.get_y()
    sheet.set_y(top)
    _draw_total(sheet, words["total_net"], paper.net, words)
    _draw_total(sheet, words["total_tax"], paper.tax, words)
    sheet.rule(start=BODY_MM - META_MM)
    _draw_total(sheet, words["total"], paper.total, words, is_last=True)
    sheet.set_y(max(sheet.get_y(), bottom) + GAP)


def _draw_cells(
    sheet: Sheet, cells: Sequence[str], *, widths: Sequence[float], is_head: bool
) -> None:
    y, x = sheet.get_y(), 0.0
    for cell, width in zip(cells, widths, strict=True):
        sheet.set_y(y)
        sheet.text_at(x, width, cell, size=SMALL + 0.5, end=x > 0, grey=is_head)
        x += width


def _draw_total(
    sheet: Sheet, label: str, money: Money, words: Words, *, is_last: bool = False
) -> None:
    y, size = sheet.get_y(), 12.0 if is_last else NORMAL
    colour = sheet.colour if is_last else None
    sheet.text_at(BODY_MM - META_MM, 34, label, size=size, bold=is_last, colour=colour)
    sheet.set_y(y)
    amount = words.money(money)
    sheet.text_at(
        BODY_MM - META_MM + 34,
        META_MM - 34,
        amount,
        size=size,
        bold=is_last,
        colour=colour,
        end=True,
    )
    sheet.set_y(sheet.get_y() + 1)


def _draw_closing(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw what is to be done, how to pay, and the reason of a credit note."""
    for text in _closing_sentences(paper, words):
        sheet.paragraph(text, size=NORMAL)
    instructions = str(paper.issuer.get("payment_instructions") or "")
    if instructions and paper.left and paper.kind is not PaperKind.CREDIT_NOTE:
        sheet.keep_together(16)
        sheet.paragraph(words["payment"], size=NORMAL, bold=True, gap=0.5)
        sheet.paragraph(instructions, size=NORMAL)
    footer = str(paper.issuer.get("footer") or "")
    if footer:
        sheet.paragraph(footer, size=SMALL + 0.5, grey=True)


def _closing_sentences(paper: Paper, words: Words) -> list[str]:
    total = words.money(paper.total)
    if paper.kind is PaperKind.CREDIT_NOTE:
        sentence = words.say("credit_sentence", total=total, number=paper.corrects)
        return [sentence, f"{words['reason']}: {paper.reason}"]
    sentences = [words["prices_include_tax"]] if paper.prices_include_tax else []
    if paper.due_on is None:
        return sentences
    return [*sentences, _payment_sentence(paper, words, day=words.day(paper.due_on))]


def _payment_sentence(paper: Paper, words: Words, *, day: str) -> str:
    """Return what had been paid when the paper was issued, and what was left."""
    met = (f"{each.code} ({words.day(each.received_on)})" for each in paper.payments)
    key = ("pay_rest" if paper.left else "paid") if paper.payments else "pay_by"
    return words.say(
        key,
        paid=words.money(paper.paid),
        payments=", ".join(met),
        total=words.money(paper.left),
        day=day,
        number=paper.number,
    )


def _draw_foot(sheet: Sheet, paper: Paper, words: Words) -> None:
    """Draw who issued the paper, its fingerprint and the page's number."""
    sheet.rule()
    tax = f"{words['tax_id']}: {paper.issuer['tax_id']}" if paper.issuer.get("tax_id") else ""
    parts = [*_address(paper.issuer, words), tax, str(paper.issuer.get("email") or "")]
    sheet.text_at(0, BODY_MM, " · ".join(filter(None, parts)), size=6.5, grey=True)
    y = sheet.get_y()
    if paper.content_hash:
        fingerprint = f"{words['hash']}: {paper.content_hash}"
        sheet.text_at(0, BODY_MM - 32, fingerprint, size=5.5, grey=True)
    sheet.set_y(y)
    page = words.say("page", page=sheet.page_no(), pages=sheet.pages_count)
    sheet.text_at(BODY_MM - 45, 45, page, size=SMALL, grey=True, end=True)

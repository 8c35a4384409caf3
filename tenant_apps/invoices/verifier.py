"""Check an exported series of invoices or credit notes, with nothing but the export.

    python -m tenant_apps.invoices.verifier FILE

No database, no settings, no other package: this file alone is enough, wherever it is copied. The
export has one JSON object per line: first the certificate, then the papers in the order of their
numbers. Each paper's hash is made again from its content, the chain from the hashes; count, sums
and gaps from the papers. A difference is named with the paper that it is found at.

Exit status 1 when anything is wrong, 2 when the file cannot be read.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

FORMAT = "prs-series-1"
START = "0" * 64


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (sorted keys, no spaces, UTF-8), in hex."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def next_link(before: str, *, number: str, content_hash: str) -> str:
    """Return the chain's hash after a paper: SHA-256 of "<hash before> <number> <content hash>"."""
    return hashlib.sha256(f"{before} {number} {content_hash}".encode()).hexdigest()


def problems_of(lines: Iterable[str]) -> list[str]:
    """Return what is wrong with an export, in the order of its papers; empty when nothing is.

    Raises: ValueError when the export cannot be read at all.
    """
    rows = [json.loads(line) for line in lines if line.strip()]
    if not rows or rows[0].get("format") != FORMAT:
        raise ValueError(f"This is no export of a series ({FORMAT}).")
    certificate, papers = rows[0], rows[1:]
    found = [problem for paper in papers for problem in _problems_of_paper(paper)]
    return [
        *found,
        *_problems_of_order(certificate, papers),
        *_problems_of_sums(certificate, papers),
    ]


def _problems_of_paper(paper: Mapping[str, Any]) -> Iterator[str]:
    name, document = paper.get("number", "?"), paper.get("document", {})
    if hash_of(document) != paper.get("content_hash"):
        yield f"{name}: the content does not have its hash."
    if document.get("number") != name:
        yield f"{name}: the content is that of {document.get('number')}."
    if _stated_total(document) != [paper.get("total"), paper.get("currency")]:
        yield f"{name}: the total beside the content is another one."
    try:
        yield from _problems_of_amounts(name, document)
    except (InvalidOperation, KeyError, TypeError):
        yield f"{name}: an amount is missing or no number."


def _problems_of_amounts(name: str, document: Mapping[str, Any]) -> Iterator[str]:
    net = sum((Decimal(line["net"]) for line in document["lines"]), Decimal(0))
    tax = sum((Decimal(line["tax"]) for line in document["lines"]), Decimal(0))
    if "net" in document and [net, tax] != [Decimal(document["net"]), Decimal(document["tax"])]:
        yield f"{name}: the lines do not sum to net and tax."
    if net + tax != Decimal(_stated_total(document)[0]):
        yield f"{name}: the lines do not sum to the total."


def _stated_total(document: Mapping[str, Any]) -> list[Any]:
    """Return amount and currency: credit notes write both into one text ("100.00 USD")."""
    if "currency" in document:
        return [document.get("total"), document["currency"]]
    return str(document.get("total")).split(" ")


def _problems_of_order(
    certificate: Mapping[str, Any], papers: list[dict[str, Any]]
) -> Iterator[str]:
    first, after = certificate.get("first_number", 1), certificate.get("next_number", 1)
    expected = list(range(first, after))
    sequences = [paper.get("sequence") for paper in papers]
    if sequences != expected:
        missing = sorted(set(expected) - set(sequences))
        named = f"; missing: {', '.join(map(str, missing[:10]))}" if missing else ""
        yield f"The numbers are not {first} to {after - 1} in order{named}."
    days = [str(paper.get("document", {}).get("issued_on")) for paper in papers]
    if days != sorted(days):
        yield "The days of issue do not rise with the numbers."
    yield from _problems_of_names(certificate, papers)


def _problems_of_names(
    certificate: Mapping[str, Any], papers: list[dict[str, Any]]
) -> Iterator[str]:
    for paper in papers:
        if not str(paper.get("number", "")).endswith(f"-{paper.get('sequence', 0):06d}"):
            yield f"{paper.get('number')}: the number is not that of place {paper.get('sequence')}."
    if [_edge(papers, 0), _edge(papers, -1)] != [certificate.get("first"), certificate.get("last")]:
        yield "The first or the last paper is not that of the certificate."
    yield from _problems_of_chain(certificate, papers)


def _problems_of_chain(
    certificate: Mapping[str, Any], papers: list[dict[str, Any]]
) -> Iterator[str]:
    chained = START
    for paper in papers:
        number, content_hash = str(paper.get("number")), str(paper.get("content_hash"))
        chained = next_link(chained, number=number, content_hash=content_hash)
    if chained != certificate.get("chain_hash"):
        yield "The chain of hashes does not end at the certificate's."


def _edge(papers: list[dict[str, Any]], place: int) -> str | None:
    return papers[place].get("number") if papers else None


def _problems_of_sums(
    certificate: Mapping[str, Any], papers: list[dict[str, Any]]
) -> Iterator[str]:
    if certificate.get("count") != len(papers):
        yield f"There are {len(papers)} papers, the certificate counts {certificate.get('count')}."
    sums: dict[str, Decimal] = {}
    for paper in papers:
        currency = str(paper.get("currency"))
        sums[currency] = sums.get(currency, Decimal(0)) + _number(paper.get("total"))
    stated = {row["currency"]: _number(row["amount"]) for row in certificate.get("totals", [])}
    if sums != stated:
        yield "The sums per currency are not those of the certificate."
    if certificate.get("is_gapless") is not True:
        yield "The certificate itself says that there is a gap."


def _number(text: object) -> Decimal:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return Decimal("NaN")


def _say(text: str | None) -> None:
    sys.stdout.write(f"{text}\n")


def main(arguments: list[str]) -> int:
    """Check one file and say how it went; return the exit status."""
    if len(arguments) != 1:
        _say(__doc__)
        return 2
    try:
        # a name may hold what str.splitlines() takes for the end of a line
        lines = Path(arguments[0]).read_text(encoding="utf-8").rstrip("\n").split("\n")
        problems = problems_of(lines)
    except (OSError, ValueError, AttributeError) as error:
        _say(f"verify: cannot read {arguments[0]}: {error}")
        return 2
    for problem in problems:
        _say(problem)
    word = f"failed ({len(problems)} problems)" if problems else f"ok ({len(lines) - 1} papers)"
    _say(f"verify: {word}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

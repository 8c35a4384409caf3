"""The compiled catalogs of translations: made from their sources, never kept with them.

`python -m config.catalogs` compiles those that are missing or older than their source; `make run`,
the tests and the image do so by themselves. Without them the product speaks English.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CHECKOUT = Path(__file__).resolve().parents[1]
SOURCES = ("shared_apps/*/locale/*/LC_MESSAGES/*.po", "tenant_apps/*/locale/*/LC_MESSAGES/*.po")


def compile_stale() -> int:
    """Compile the catalogs that are missing or older than their source; return how many.

    Safe beside others that do the same: a catalog appears whole or not at all.
    """
    stale = [source for source in _sources() if _is_stale(source)]
    for source in stale:
        compile_catalog(source)
    return len(stale)


def compile_catalog(source: Path) -> None:
    """Compile one catalog beside its source."""
    passing = source.with_suffix(f".{os.getpid()}.tmp")
    with source.open("rb") as texts, passing.open("wb") as out:
        write_mo(out, read_po(texts, locale=source.parts[-3]))
    passing.replace(source.with_suffix(".mo"))


def _sources() -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(CHECKOUT.glob(pattern))


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    print(f"catalogs: ok ({compile_stale()} compiled)")  # noqa: T201 (the program's own words)

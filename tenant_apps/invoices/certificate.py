"""The hash of an invoice and the chain over a series. Pure: an export is enough to check them."""

from collections.abc import Iterable
from dataclasses import dataclass

from tenant_apps.invoices.verifier import START, hash_of, next_link

__all__ = ["ChainLink", "chain_hash", "hash_of"]


@dataclass(frozen=True)
class ChainLink:
    """One issued invoice in the chain of its series."""

    number: str
    content_hash: str


def chain_hash(links: Iterable[ChainLink]) -> str:
    """Return the hash that every link, in order, went into; 64 zeros for an empty series.

    Each step is SHA-256 of "<hash before> <number> <content hash>".
    """
    chained = START
    for link in links:
        chained = next_link(chained, number=link.number, content_hash=link.content_hash)
    return chained

"""The hash of an invoice and the chain over a series. Pure: an export is enough to check them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChainLink:
    """One issued invoice in the chain of its series."""

    number: str
    content_hash: str


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (sorted keys, no spaces, UTF-8), in hex."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(links: Iterable[ChainLink]) -> str:
    """Return the hash that every link, in order, went into; 64 zeros for an empty series.

    Each step is SHA-256 of "<hash before> <number> <content hash>".
    """
    chained = "0" * 64
    for link in links:
        chained = hashlib.sha256(
            f"{chained} {link.number} {link.content_hash}".encode()
        ).hexdigest()
    return chained

"""What a verifier decides on, as one hash: any change of it voids the decision."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenant_apps.payments.exchange import FxQuote


@dataclass(frozen=True, kw_only=True)
class Content:
    """The parts of a payment that its decision is bound to; amounts are in `currency`."""

    client_id: UUID
    deal_id: UUID | None
    amount: Decimal
    currency: str
    method: str
    reference: str
    received_on: date
    bank_fee: Decimal
    withholding: Decimal
    proofs: tuple[str, ...]
    fx: FxQuote | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the content as plain values: amounts at four decimals, proofs as sorted hashes.

        A rate is part of it where there is one; without one the hash is what it always was.
        """
        rate = (
            {
                "fx_rate": f"{self.fx.rate.normalize():f}",
                "fx_rate_on": self.fx.rate_on.isoformat(),
                "fx_source": self.fx.source,
            }
            if self.fx
            else {}
        )
        return {
            **rate,
            "client": str(self.client_id),
            "deal": str(self.deal_id) if self.deal_id else None,
            "amount": _fixed(self.amount),
            "currency": self.currency,
            "method": self.method,
            "reference": self.reference,
            "received_on": self.received_on.isoformat(),
            "bank_fee": _fixed(self.bank_fee),
            "withholding": _fixed(self.withholding),
            "proofs": sorted(self.proofs),
        }

    @property
    def sha256(self) -> str:
        """Return the hash of the canonical JSON, in hex."""
        return hash_of(self.as_json())


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON (sorted keys, no spaces, UTF-8), in hex."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _fixed(amount: Decimal) -> str:
    return f"{amount:.4f}"

"""What people send: plain values, before any of it is looked up or checked."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.money import Money
from tenant_apps.payments.exchange import FxQuote

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from tenant_apps.payments.services.allocating import Allocation


@dataclass(frozen=True, kw_only=True)
class NewPayment:
    """A payment as its maker writes it down.

    `client` and `deal` are ids or codes, and so is `replaces`, a reversed payment of the client;
    `proofs` are ids of stored files, `uploads` files that are stored with the payment.
    `client_reference` is derived from the maker and the idempotency key.
    """

    client: UUID | str
    money: Money
    method: str
    received_on: date
    deal: UUID | str | None = None
    reference: str = ""
    bank_fee: Money | None = None
    withholding: Money | None = None
    remarks: str = ""
    fx: FxQuote | None = None
    late_reason: str = ""
    duplicate_justification: str = ""
    proofs: tuple[UUID, ...] = ()
    uploads: tuple["UploadedFile[bytes]", ...] = ()
    external_id: str | None = None
    client_reference: str | None = None
    replaces: UUID | str | None = None


@dataclass(frozen=True, kw_only=True)
class Approval:
    """A verifier's yes: what they found (None: the whole amount), why it differs, how they know.

    `fx_rate` repeats the payment's rate, where it has one: the verifier confirms it. `evidence` is
    a note, `evidence_files` are ids of files that the verifier has stored;
    `allocations` name the instalments of the payment's deal that it covers first.

    `content_hash` and `expected_version` are the payment's as they saw it; the API asks for one.
    """

    verified: Money | None = None
    fx_rate: Decimal | None = None
    reason: str = ""
    evidence: str = ""
    evidence_files: tuple[UUID, ...] = ()
    allocations: tuple["Allocation", ...] = ()
    content_hash: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A verifier's no: why, in words, and for a rejection also as one of the known reasons.

    `evidence` is a note, `evidence_files` are ids of files that the verifier has stored.

    `content_hash` and `expected_version` are the payment's as they saw it; the API asks for one.
    """

    reason: str
    failure_reason: str = ""
    evidence: str = ""
    evidence_files: tuple[UUID, ...] = ()
    content_hash: str = ""
    expected_version: int | None = None

"""What people send: plain values, before any of it is looked up or checked."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from shared_apps.kernel.money import Money

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


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

    `evidence` is a note, `evidence_files` are ids of files that the verifier has stored.

    `content_hash` and `expected_version` are the payment's as they saw it; the API asks for one.
    """

    verified: Money | None = None
    reason: str = ""
    evidence: str = ""
    evidence_files: tuple[UUID, ...] = ()
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

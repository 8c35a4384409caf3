"""Find what a payment names: its client, its deal, its proofs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from shared_apps.kernel.errors import Gathering, NotFound, PermissionRefused, ValidationFailed
from tenant_apps.clients.selectors import clients_by_id, get_client, hold_clients_steady
from tenant_apps.deals.selectors import DealTerms, deal_terms, get_deal, lock_deal
from tenant_apps.documents.selectors import get_file
from tenant_apps.documents.services import CheckedFile, check_file, keeping_files
from tenant_apps.payments.duplicates import ProofMark
from tenant_apps.payments.models import Payment, Status
from tenant_apps.payments.selectors import get_payment
from tenant_apps.payments.services.inputs import NewPayment

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User
    from tenant_apps.clients.models import Client
    from tenant_apps.documents.models import StoredFile

NOBODY = UUID(int=0)  # stands where no client was found
NOT_TO_SEE = (ObjectDoesNotExist, NotFound, PermissionRefused)


@dataclass(frozen=True)
class Proof:
    """A stored file as the proof of a payment."""

    file_id: UUID
    sha256: str
    perceptual_hash: str = ""

    @property
    def mark(self) -> ProofMark:
        """Return what makes it recognisable."""
        return ProofMark(sha256=self.sha256, perceptual_hash=self.perceptual_hash)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a payment names, looked up."""

    client_id: UUID
    deal: DealTerms | None
    proofs: tuple[Proof, ...]


def find_all(new: NewPayment, *, by: "User", together: Gathering) -> Found:
    """Look up what a new payment names, as its maker may see it. Locks its deal.

    What is not there is gathered, at /client, /deal or /proofs.
    """
    deal, client_id = None, NOBODY
    proofs: tuple[Proof, ...] = ()
    with together.part():
        deal = lock_terms(find_deal_id(new.deal, by=by))
        client_id = find_client(new.client, deal=deal, by=by)
    with together.part():
        proofs = find_proofs(new.proofs, by=by)
    return Found(client_id=client_id, deal=deal, proofs=proofs)


def check_uploads(new: NewPayment, together: Gathering) -> tuple[CheckedFile, ...]:
    """Return the files that may be kept, each once; what is wrong with others is gathered.

    It is said at /file. Nothing is stored.
    """
    files = {}
    for upload in new.uploads:
        with together.part():
            file = check_file(upload)
            files[file.sha256] = file
    return tuple(files.values())


def to_be_kept(files: Iterable[CheckedFile]) -> tuple[Proof, ...]:
    """Return files that are not stored yet as the proofs that they will be."""
    return tuple(Proof(NOBODY, file.sha256, file.kept.perceptual_hash) for file in files)


@contextmanager
def keeping_proofs(
    files: Iterable[CheckedFile], *, by: "User", at: datetime
) -> Iterator[tuple[Proof, ...]]:
    """Store checked files as proofs of a payment; if that is refused after all, they go again."""
    with keeping_files(files, by=by.actor, at=at) as kept:
        yield tuple(map(_as_proof, kept))


def find_deal_id(reference: UUID | str | None, *, by: "User") -> UUID | None:
    """Return the id of the deal, None when none is named. Raises: ValidationFailed."""
    if reference is None:
        return None
    try:
        return get_deal(reference=reference, viewer=by).pk
    except NOT_TO_SEE:
        raise _nothing_there("/deal", "There is no such deal, or it is not yours to see.") from None


def lock_terms(deal_id: UUID | None) -> DealTerms | None:
    """Lock the deal, and return its terms as they are under the lock."""
    if deal_id is None:
        return None
    lock_deal(deal_id)
    return deal_terms(deal_id)


def find_client(reference: UUID | str, *, deal: DealTerms | None, by: "User") -> UUID:
    """Return the id of the client: the deal's own, or one that the person may see.

    Whoever may pay into a deal may name its client, even a colleague's.
    Raises: ValidationFailed.
    """
    if deal is not None:
        if not _is_client_of(deal, reference):
            _seen_client(reference, by=by)
            raise ValidationFailed.at(
                "/deal", "The deal belongs to another client.", code="other_client"
            )
        return deal.client_id
    hold_clients_steady()
    client = _seen_client(reference, by=by)
    if client.merged_into_id or client.anonymised_at:
        raise ValidationFailed.at(
            "/client", "This client was merged or anonymised; choose another.", code="client_frozen"
        )
    return client.pk


def _seen_client(reference: UUID | str, *, by: "User") -> "Client":
    try:
        return get_client(reference=reference, viewer=by)
    except NOT_TO_SEE:
        raise _nothing_there(
            "/client", "There is no such client, or it is not yours to see."
        ) from None


def find_reversed(reference: UUID | str | None, *, client_id: UUID, by: "User") -> Payment | None:
    """Return the reversed payment of the client that a new one stands for, None for none.

    Raises: ValidationFailed.
    """
    if reference is None:
        return None
    try:
        replaced = get_payment(reference=reference, viewer=by)
    except NOT_TO_SEE:
        raise _nothing_there(
            "/replaces", "There is no such payment, or it is not yours to see."
        ) from None
    if replaced.status != Status.REVERSED or replaced.client_id != client_id:
        message = "Only a reversed payment of the same client can be replaced."
        raise ValidationFailed.at("/replaces", message, code="not_reversed")
    return replaced


def find_proofs(ids: Iterable[UUID], *, by: "User", field: str = "/proofs") -> tuple[Proof, ...]:
    """Return the files as proofs. Raises: ValidationFailed at the field's place."""
    return tuple(_find_proof(file_id, f"{field}/{n}", by) for n, file_id in enumerate(ids))


def without_repeats(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """Return the proofs without a second copy of the same bytes."""
    return tuple({proof.sha256: proof for proof in proofs}.values())


def _find_proof(file_id: UUID, place: str, by: "User") -> Proof:
    try:
        file = get_file(file_id=file_id, viewer=by)
    except NOT_TO_SEE:
        raise _nothing_there(place, "There is no such file, or it is not yours to see.") from None
    return _as_proof(file)


def _as_proof(file: "StoredFile") -> Proof:
    return Proof(file.pk, file.sha256, file.perceptual_hash)


def _is_client_of(deal: DealTerms, reference: UUID | str) -> bool:
    if isinstance(reference, UUID):
        return reference == deal.client_id
    return clients_by_id([deal.client_id])[deal.client_id].code == reference


def _nothing_there(field: str, message: str) -> ValidationFailed:
    return ValidationFailed.at(field, message, code="not_found")

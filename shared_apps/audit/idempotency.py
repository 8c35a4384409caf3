"""One effect per request key: the second sender of the same request gets the first answer."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from shared_apps.audit.models import IdempotencyKey
from shared_apps.kernel.errors import DomainError, FieldProblem, ValidationFailed

KEPT_FOR = timedelta(days=30)
WAIT_MS = 3000
UNSTORED = frozenset({401, 429})
SHORTEST_KEY, LONGEST_KEY = 8, 255


class IdempotencyKeyRequired(DomainError):
    """A request that moves money or creates a document came without a key."""

    code = "idempotency_key_required"
    status = 428
    message = "Send an Idempotency-Key header (8 to 255 characters) so that a repeat has no effect."


class IdempotencyMismatch(DomainError):
    """The key was used before, for another request."""

    code = "idempotency_mismatch"
    status = 422
    message = "This Idempotency-Key was used for another request; use a new key."


class RequestStillRunning(DomainError):
    """The first request with this key has not been answered yet."""

    code = "request_still_running"
    status = 409
    message = "The first request with this Idempotency-Key is still running; try again shortly."


class KeySpent(DomainError):
    """The key was used so long ago that its answer is not kept any more."""

    code = "idempotency_key_spent"
    status = 409
    message = (
        "This Idempotency-Key was used more than 30 days ago. "
        "Look whether what it made is there; for something new send a new key."
    )


@dataclass(frozen=True, kw_only=True)
class RequestKey:
    """Who sent what under which key."""

    actor: str
    key: str
    request_hash: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer as it is kept: status, body before the envelope, the headers that belong to it."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    is_replay: bool = False

    @property
    def is_kept(self) -> bool:
        """Return whether a repeat gets this answer; "try again later" means just that."""
        is_passing = self.status in UNSTORED or "Retry-After" in self.headers
        return self.status < 500 and not is_passing


def run_once(*, request: RequestKey, work: Callable[[], Answer]) -> Answer:
    """Return what `work` answers, or what it answered before under the same key.

    One transaction holds the key, the work and the answer. `work` turns its own errors into answers
    and undoes their writes (a savepoint); an answer of 500 and above, 401 or 429 undoes all of it.
    Locks the key's row: a second sender waits up to 3 seconds, then replays or takes over.

    Raises: IdempotencyMismatch, KeySpent, RequestStillRunning.
    """
    with transaction.atomic():
        if not _take(request):
            return _replay(request)
        answer = work()
        if answer.is_kept:
            _keep(request, answer)
        else:
            transaction.set_rollback(True)
        return answer


def check_key(key: str | None) -> str:
    """Return the key when it is well formed. Raises: IdempotencyKeyRequired, ValidationFailed."""
    if not key:
        raise IdempotencyKeyRequired
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise ValidationFailed(
            "Idempotency-Key must have 8 to 255 printable characters.",
            problems=[FieldProblem("", "invalid", "Idempotency-Key: 8 to 255 characters.")],
        )
    return key


def hash_request(*, method: str, path: str, data: object) -> str:
    """Return the SHA-256 of what was asked; files count by their contents, JSON by its values."""
    digest = hashlib.sha256(f"{method} {path}\n".encode())
    for part in _parts_of(data):
        digest.update(part)
    return digest.hexdigest()


def forget_old_answers(*, at: datetime) -> int:
    """Drop the answers kept for more than 30 days; return how many.

    The key of what had an effect stays, alone: a repeat of whatever age has no second one. The key
    of a refusal is free again.
    """
    answered = IdempotencyKey.objects.filter(status__isnull=False)
    old = answered.filter(created_at__lt=at - KEPT_FOR)
    with transaction.atomic():
        freed, _ = old.filter(status__gte=400).delete()
        return freed + old.update(status=None, body=None, headers={})


def _take(request: RequestKey) -> bool:
    """Insert the key's row; wait while another transaction holds the same key."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_MS}ms"])
            cursor.execute(
                "INSERT INTO audit_idempotencykey (actor, key, request_hash, headers) "
                "VALUES (%s, %s, %s, '{}') ON CONFLICT DO NOTHING",
                [request.actor, request.key, request.request_hash],
            )
            return bool(cursor.rowcount)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise RequestStillRunning(headers={"Retry-After": "3"}) from error
        raise


def _replay(request: RequestKey) -> Answer:
    kept = IdempotencyKey.objects.get(pk=(request.actor, request.key))
    if kept.request_hash != request.request_hash:
        raise IdempotencyMismatch
    if kept.status is None:  # nobody sees the empty status of a request that is still at work
        raise KeySpent
    return Answer(status=kept.status, body=kept.body, headers=kept.headers, is_replay=True)


def _keep(request: RequestKey, answer: Answer) -> None:
    IdempotencyKey.objects.filter(pk=(request.actor, request.key)).update(
        status=answer.status, body=answer.body, headers=dict(answer.headers)
    )


def _parts_of(data: object) -> Iterator[bytes]:
    """Yield the request's content in an order that does not depend on how it was written."""
    if isinstance(data, UploadedFile):
        yield b"file " + _digest_of(data)
    elif isinstance(data, Mapping):
        for name in sorted(data):
            yield f"{{{json.dumps(name)}:".encode()
            yield from _parts_of(_values(data, name))
        yield b"}"
    elif isinstance(data, list):
        for item in data:
            yield b"["
            yield from _parts_of(item)
        yield b"]"
    else:
        yield json.dumps(data).encode()


def _digest_of(upload: "UploadedFile[bytes]") -> bytes:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest().encode()


def _values(data: Mapping[str, object], name: str) -> object:
    getlist = getattr(data, "getlist", None)
    return getlist(name) if getlist else data[name]

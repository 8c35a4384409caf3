"""What travels through the provider and back: encrypted, short-lived, good once.

Nothing is stored while people are at the provider: whoever begins leaves no row behind. The half of
the proof that must stay secret (RFC 7636) is inside, so the state is encrypted, not only signed.
"""

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.field_keys import CannotUnseal, seal, unseal

PURPOSE = "sso-state"
GOOD_FOR = timedelta(minutes=10)


class StateInvalid(DomainError):
    """What came back from a provider was not begun here, or too long ago."""

    code = "sso_state_invalid"
    status = 400
    message = "This sign-in was not begun here, or it took too long; begin again."


@dataclass(frozen=True, kw_only=True)
class State:
    """One way to the provider and back. `binding` is the digest of what the browser keeps."""

    organization: str
    connection: str
    binding: str
    next: str
    expires_at: float
    id: str
    nonce: str
    verifier: str
    purpose: str = PURPOSE

    @property
    def organization_id(self) -> UUID:
        """Return the organization that the person comes from and goes to."""
        return UUID(self.organization)

    @property
    def connection_id(self) -> UUID:
        """Return the connection that was chosen."""
        return UUID(self.connection)

    @property
    def challenge(self) -> str:
        """Return the public half of the proof. Source: RFC 7636, section 4.2 (S256)."""
        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_state(
    *, organization_id: UUID, connection_id: UUID, binding: str, then: str, at: datetime
) -> State:
    """Return a new way to a provider; `then` is the page to go to afterwards."""
    return State(
        organization=str(organization_id),
        connection=str(connection_id),
        binding=binding,
        next=then,
        expires_at=(at + GOOD_FOR).timestamp(),
        id=token_urlsafe(24),
        nonce=token_urlsafe(24),
        verifier=token_urlsafe(48),
    )


def write_state(state: State) -> str:
    """Return the state as it travels."""
    return seal(json.dumps(asdict(state), separators=(",", ":")))


def read_state(text: str, *, at: datetime) -> State:
    """Return what was sent along. Raises: StateInvalid when it is not ours or has expired."""
    try:
        state = State(**json.loads(unseal(text)))
    except (CannotUnseal, ValueError, TypeError):
        raise StateInvalid from None
    if state.purpose != PURPOSE or at.timestamp() > state.expires_at:
        raise StateInvalid
    return state

"""What happens to the connections with providers, and to people who come through them."""

from dataclasses import dataclass
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class ConnectionEvent(Event):
    """Something that happened to a connection."""

    subject_type = "sso.connection"
    subject_field = "connection_id"
    audit_kind = "policy"

    connection_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConnectionCreated(ConnectionEvent):
    """An administrator entered a provider; nobody comes through it yet."""

    name = "sso.connection_created"


@dataclass(frozen=True, kw_only=True)
class ConnectionChanged(ConnectionEvent):
    """An administrator changed whom the organization trusts, or how far."""

    name = "sso.connection_changed"


@dataclass(frozen=True, kw_only=True)
class ConnectionTested(ConnectionEvent):
    """An administrator asked the provider for its description and keys."""

    name = "sso.connection_tested"

    is_ok: bool


@dataclass(frozen=True, kw_only=True)
class ConnectionEnabled(ConnectionEvent):
    """People may come through the provider."""

    name = "sso.connection_enabled"


@dataclass(frozen=True, kw_only=True)
class ConnectionDisabled(ConnectionEvent):
    """Nobody comes through the provider any more."""

    name = "sso.connection_disabled"


@dataclass(frozen=True, kw_only=True)
class ConnectionRemoved(ConnectionEvent):
    """A connection is gone; whom the provider knew by its own name is remembered."""

    name = "sso.connection_removed"


@dataclass(frozen=True, kw_only=True)
class PersonLinked(ConnectionEvent):
    """The provider's word was taken for a person; from now on its own name for them counts."""

    name = "sso.person_linked"
    audit_kind = "person"

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProviderSignInRefused(ConnectionEvent):
    """Somebody came back from the provider and was not let in; `cause` says why."""

    name = "sso.sign_in_refused"
    audit_kind = "sign_in_failure"

    cause: str

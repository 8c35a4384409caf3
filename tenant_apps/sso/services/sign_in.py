"""Sign in through a provider: from the organization's host to it, to the platform, and back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.tenancy.context import current_tenant
from tenant_apps.accounts.services import (
    digest_of_binding,
    issue_handover,
    spend_once,
    vouched,
)
from tenant_apps.accounts.services.sign_in_limits import budgets_of_provider, refuse_too_many
from tenant_apps.sso.events import ProviderSignInRefused
from tenant_apps.sso.models import Connection
from tenant_apps.sso.provider import ProviderFailed, Question, ask_claims, login_url
from tenant_apps.sso.selectors import get_connection, get_open_connection
from tenant_apps.sso.services.newcomers import NotAdmitted, find_or_join, read_subject
from tenant_apps.sso.state import State, new_state, write_state

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

CALLBACK_PATH = "/sso/callback/"
ARRIVAL_PATH = "/sign-in/provider/"


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Where the browser goes, and the secret that it keeps on this host until it is back."""

    url: str
    binding: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a provider sent a browser back with: a code, or the name of an error."""

    code: str = ""
    error: str = ""


def begin_sso(*, code: str, then: str, binding: str = "", at: datetime) -> Departure:
    """Lead a browser to the provider of a connection; `then` is the page to open afterwards.

    `binding` is the secret that the browser has from another try. Writes nothing.
    Raises: NotFound, TooManySignIns.
    """
    refuse_too_many(budgets_of_provider(ip=current_request_info().ip), at=at)
    connection = get_open_connection(code)
    secret = binding or token_urlsafe(32)
    state = new_state(
        organization_id=current_tenant().id,
        connection_id=connection.pk,
        binding=digest_of_binding(secret),
        then=then,
        at=at,
    )
    extra = {
        "state": write_state(state),
        "nonce": state.nonce,
        "code_challenge": state.challenge,
        "code_challenge_method": "S256",
    }
    return Departure(
        url=login_url(connection, callback=callback_url(), extra=extra), binding=secret
    )


def return_from_provider(*, state: State, answer: Answer, at: datetime) -> str:
    """Return the address at the organization where the browser goes on, with a code good once.

    The person is found, linked or entered. When the provider or its word is refused, the address
    says no more than that; ProviderSignInRefused says why. Asks the provider: must not run inside
    a transaction. Raises: NotFound for a connection that is not this organization's.
    """
    connection = get_connection(state.connection_id)
    try:
        person = _find_person(connection, state, answer, at)
    except ProviderFailed as failure:
        return _turn_back(connection, failure.cause, at)
    except DomainError as refusal:
        return _turn_back(connection, refusal.code, at)
    except NotAdmitted as refusal:
        return _turn_back(connection, str(refusal), at)
    except IntegrityError:
        return _turn_back(connection, "came_twice_at_once", at)
    code = issue_handover(person=person, proofs=vouched(), binding=state.binding)
    return address_here(ARRIVAL_PATH, code=code, next=state.next)


def callback_url() -> str:
    """Return the one address that every provider sends people back to."""
    return f"{settings.PUBLIC_SCHEME}://{settings.BASE_DOMAIN}{CALLBACK_PATH}"


def address_here(path: str, **query: str) -> str:
    """Return an address of this organization; its host comes from the table of domains."""
    _, colon, port = settings.BASE_DOMAIN.partition(":")
    host = f"{settings.PUBLIC_SCHEME}://{current_tenant().host}{colon}{port}"
    return f"{host}{path}?{urlencode({name: value for name, value in query.items() if value})}"


def _find_person(connection: Connection, state: State, answer: Answer, at: datetime) -> "User":
    if not connection.is_enabled:
        raise NotAdmitted("connection_disabled")
    expires_at = datetime.fromtimestamp(state.expires_at, tz=UTC)
    if not spend_once(state.id, expires_at=expires_at):
        raise NotAdmitted("state_used_before")
    if answer.error or not answer.code:
        raise NotAdmitted("provider_said_no")
    question = Question(
        code=answer.code, callback=callback_url(), nonce=state.nonce, verifier=state.verifier
    )
    subject = read_subject(connection.issuer, ask_claims(connection, question))
    return find_or_join(connection=connection, subject=subject, at=at)


@transaction.atomic
def _turn_back(connection: Connection, cause: str, at: datetime) -> str:
    event = ProviderSignInRefused(connection_id=connection.pk, cause=cause)
    record(event, actor=Actor.system("sso"), at=at)
    return address_here("/sign-in/", refused=connection.code)

"""Talk to a provider: its description, its keys, and what it says about a person.

Source: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; Discovery 1.0, section 4; RFC 7636.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import jwt
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.utils.crypto import constant_time_compare

from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.field_keys import CannotUnseal
from shared_apps.web.outbound import guarded_session, is_allowed_url
from tenant_apps.sso.models import Connection

ALGORITHMS = [f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)]
LEEWAY_S = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPES = ("openid", "profile", "email")
Claims = Mapping[str, Any]


class ProviderFailed(DomainError):
    """The provider cannot be asked, or what it says cannot be trusted; `cause` says which."""

    code = "sso_provider_failed"
    status = 409
    message = "The provider could not be asked; see the message and its settings."

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a provider says of itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked at the provider: the code that it answered with, and our half of the proof."""

    code: str
    callback: str
    nonce: str
    verifier: str


def describe(issuer: str) -> Description:
    """Ask a provider for its description and check it. Raises: ProviderFailed."""
    return _described(issuer, _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))


def count_keys(description: Description) -> int:
    """Return how many keys a provider signs with. Raises: ProviderFailed."""
    return len(_keys_of(description).keys)


def login_url(connection: Connection, *, callback: str, extra: Mapping[str, str]) -> str:
    """Return the address at the provider where a browser goes; `extra` is state, nonce, PKCE."""
    client = OAuth2Client(None, connection.client_id, "", "POST", "", callback)
    url: str = client.get_redirect_url(connection.authorization_endpoint, list(SCOPES), dict(extra))
    return url


def ask_claims(connection: Connection, question: Question) -> Claims:
    """Exchange the code and return what the provider says of the person, once it is checked.

    Raises: ProviderFailed: unreachable, bad description, refused code, or a token with a wrong
    signature, issuer, audience, nonce or time.
    """
    # allauth looks the connection up by its id, and asks through our adapter's session
    talk = OpenIDConnectOAuth2Adapter(None, str(connection.pk))
    try:
        description = _described(connection.issuer, talk.openid_config)
        answer = _exchange(talk, description, question)
    except requests.RequestException as error:
        raise _unreachable(error) from error
    except OAuth2Error:
        raise ProviderFailed("code_refused", "The provider refused the code.") from None
    except CannotUnseal as error:
        message = "The client's secret cannot be read; enter it again."
        raise ProviderFailed("secret_unreadable", message) from error
    claims = _verified(str(answer.get("id_token", "")), connection, description)
    if not constant_time_compare(str(claims.get("nonce", "")), question.nonce):
        raise ProviderFailed("wrong_nonce", "The provider answered another question.")
    if "email" in claims or not description.userinfo_endpoint:
        return claims
    return {**_user_info(description, str(answer["access_token"]), claims), **claims}


def _exchange(
    talk: OpenIDConnectOAuth2Adapter, description: Description, question: Question
) -> dict[str, Any]:
    app = talk.get_provider().app
    client = OAuth2Client(
        None,
        app.client_id,
        app.secret,
        "POST",
        description.token_endpoint,
        question.callback,
        basic_auth=talk.basic_auth,
    )
    answer = client.get_access_token(question.code, pkce_code_verifier=question.verifier)
    return cast("dict[str, Any]", answer)


def _described(issuer: str, found: object) -> Description:
    said = found if isinstance(found, dict) else {}
    if said.get("issuer") != issuer:
        raise ProviderFailed(
            "wrong_issuer", f"The provider calls itself {said.get('issuer')!r}, not {issuer!r}."
        )
    for name in ENDPOINTS:
        if not is_allowed_url(str(said.get(name, ""))):
            raise ProviderFailed("bad_description", f"The provider names no usable {name}.")
    names = (*ENDPOINTS, "userinfo_endpoint")
    return Description(issuer=issuer, **{name: str(said.get(name, "")) for name in names})


def _verified(token: str, connection: Connection, description: Description) -> Claims:
    """Return the claims of an ID token that this provider signed for this connection, now."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_for(token, description),
            algorithms=ALGORITHMS,
            audience=connection.client_id,
            issuer=connection.issuer,
            leeway=LEEWAY_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.ExpiredSignatureError:
        raise ProviderFailed("expired", "The provider's token has expired.") from None
    except jwt.InvalidAudienceError:
        raise ProviderFailed("wrong_audience", "The token is for another client.") from None
    except jwt.InvalidIssuerError:
        raise ProviderFailed("wrong_issuer", "The token is of another provider.") from None
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise ProviderFailed("bad_token", "The provider's token cannot be trusted.") from error
    if claims.get("azp", connection.client_id) != connection.client_id:
        raise ProviderFailed("wrong_audience", "The token was made for another client.")
    return claims


def _key_for(token: str, description: Description) -> jwt.PyJWK:
    keys = _keys_of(description).keys
    wanted = jwt.get_unverified_header(token).get("kid")
    fitting = [key for key in keys if key.key_id == wanted] if wanted else keys
    if len(fitting) != 1:
        raise ProviderFailed("unknown_key", "The provider signed with a key that it does not show.")
    return fitting[0]


def _keys_of(description: Description) -> jwt.PyJWKSet:
    try:
        return jwt.PyJWKSet.from_dict(_fetch(description.jwks_uri))
    except (jwt.PyJWTError, AttributeError) as error:
        raise ProviderFailed("bad_keys", "The provider shows no usable keys.") from error


def _user_info(description: Description, access_token: str, claims: Claims) -> Claims:
    headers = {"Authorization": f"Bearer {access_token}"}
    said = _fetch(description.userinfo_endpoint, headers)
    if not isinstance(said, dict) or said.get("sub") != claims["sub"]:
        raise ProviderFailed("wrong_subject", "The provider speaks of two people.")
    return said


def _fetch(url: str, headers: Mapping[str, str] | None = None) -> Any:
    try:
        with guarded_session() as session:
            answer = session.get(url, headers=dict(headers or {}))
            answer.raise_for_status()
            return answer.json()
    except requests.RequestException as error:
        raise _unreachable(error) from error


def _unreachable(error: requests.RequestException) -> ProviderFailed:
    kind = type(error).__name__
    return ProviderFailed("unreachable", f"The provider does not answer as it should ({kind}).")

"""The list of credentials that `make access` brings elsewhere is complete by construction."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from tenant_apps.accounts import tokens
from tests.access.credential_kinds import KINDS, NOT_OF_OPERATORS
from tests.access.credential_places import ADDRESSES, AUTHENTICATIONS, SECRETS, SIGNED
from tests.access.test_route_permissions import PLATFORM_ROUTES, TENANT_ROUTES
from tests.reading import callers_of, importers_of

ADD = "add it to tests/access/credential_kinds.py, its place to credential_places.py"
SIGNING = ("seal", "salted_hmac", "Signer", "TimestampSigner", "set_signed_cookie")
DRAWING = ("token_urlsafe", "token_hex", "token_bytes", "SystemRandom", "choice")


class TestTheListIsComplete:
    def test_of_tokens(self) -> None:
        classes = set(_below(tokens.BoundToken))
        listed = {kind.token for kind in KINDS}
        assert not classes - listed, f"these tokens are brought nowhere: {ADD} (KINDS)"

    def test_of_kinds_that_operators_have(self) -> None:
        assert NOT_OF_OPERATORS.keys() <= {kind.name for kind in KINDS}
        assert len(KINDS) - len(NOT_OF_OPERATORS) >= 13

    def test_of_ways_to_say_who_sends_a_request(self) -> None:
        defaults = settings.REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"]
        views = {route.view for route in [*TENANT_ROUTES, *PLATFORM_ROUTES]}
        found = {import_string(path).__name__ for path in defaults}
        for view in views:
            found |= {each.__name__ for each in view.authentication_classes}
            ways = getattr(view, "get_authenticators", None)
            assert ways is not None
        names = {kind.name for kind in KINDS}
        assert not found - AUTHENTICATIONS.keys(), f"{ADD} (AUTHENTICATIONS)"
        assert set(AUTHENTICATIONS.values()) <= names

    def test_of_places_that_draw_a_secret(self) -> None:
        drawing = {place for name in DRAWING for place in callers_of(name)}
        assert not drawing - SECRETS.keys(), f"say what these make: {ADD} (SECRETS)"
        kinds = {text for text in SECRETS.values() if not text.startswith("none: ")}
        assert kinds <= {kind.name for kind in KINDS}

    def test_of_places_that_sign_or_seal(self) -> None:
        signing = {place for name in SIGNING for place in callers_of(name)}
        signing |= importers_of("signing")
        assert signing == SIGNED.keys(), f"say what these make: {ADD} (SIGNED)"
        kinds = {text for text in SIGNED.values() if not text.startswith("none: ")}
        assert kinds <= {kind.name for kind in KINDS}

    def test_of_addresses_with_a_token(self) -> None:
        found = {
            address
            for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
            for address in _addresses(get_resolver(urlconf).url_patterns, "/")
            if re.search(r"<\w*:?\w*(token|secret|ticket)\w*>", address)
        }
        assert found == set(ADDRESSES), f"{ADD} (ADDRESSES)"


def _addresses(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, address)
        else:
            yield address


def _below(kind: type[tokens.BoundToken]) -> Iterator[type[tokens.BoundToken]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from config.embedded import throwaway
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tests.cast import PASSWORD
from tests.client import PrsClient, ok
from tests.factories.accounts import PersonFactory


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed."""

    count = 0

    def encode(self, password: str, salt: str) -> str:
        """Hash and count."""
        type(self).count += 1
        return super().encode(password, salt)


@pytest.fixture
def hash_count(settings: Any) -> type[CountingHasher]:
    """The hasher in use, counting from zero."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.count = 0
    return CountingHasher


@pytest.fixture
def person(acme: Tenant, db: None) -> User:
    """A person of acme with an address that no other test counts failures for."""
    return PersonFactory()


@pytest.fixture
def pair(person: User, anyone: PrsClient) -> dict[str, str]:
    """The person's tokens, through the real sign-in."""
    given = {"email": person.email, "password": PASSWORD}
    answer: dict[str, str] = ok(anyone.post("/api/auth/login/", given))
    return answer


@pytest.fixture
def at_globex(globex: Tenant, db: None) -> PrsClient:
    """A client at the other organization, without a credential."""
    return PrsClient(host=globex.host)


@pytest.fixture
def at_platform(db: None) -> PrsClient:
    """A client at the platform's host, without a credential."""
    return PrsClient(host="localhost")


@pytest.fixture
def cache_server(settings: Any) -> Iterator[ExitStack]:
    """A Valkey of the test's own behind all caches; `close()` stops it."""
    with ExitStack() as stack:
        running = stack.enter_context(throwaway(postgres=False))
        url = running.services.redis_url
        settings.CACHES = {
            alias: {**cache, "LOCATION": url} for alias, cache in settings.CACHES.items()
        }
        yield stack


@pytest.fixture(params=["Valkey", "the database"])
def counter(request: pytest.FixtureRequest, cache_server: ExitStack) -> str:
    """What counts failures: a real Valkey, or the database once that Valkey was stopped."""
    if request.param == "the database":
        cache_server.close()
    return str(request.param)

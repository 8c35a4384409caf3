"""Small samples in organizations of their own, dropped afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from pytest_django import DjangoDbBlocker

from shared_apps.platform_admin.sample.profiles import ACME, Profile
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.directory import get_directory
from tests.organizations import drop_organization

NewProfile = Callable[[], Profile]


@pytest.fixture
def new_profile(
    django_db_setup: dict[str, Tenant], django_db_blocker: DjangoDbBlocker
) -> Iterator[NewProfile]:
    """Return what makes profiles like acme's under a new slug; the database is open meanwhile."""
    made: list[Profile] = []

    def make() -> Profile:
        made.append(replace(ACME, slug=f"sample-{uuid4().hex[:10]}"))
        return made[-1]

    with django_db_blocker.unblock(), use_platform():
        yield make
        for profile in made:
            tenant = get_directory().by_slug(profile.slug)
            if tenant is not None:
                drop_organization(tenant)


@pytest.fixture
def fresh_tenant() -> None:
    """Say that these tests commit: they make organizations of their own."""

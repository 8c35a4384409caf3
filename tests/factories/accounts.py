"""People beside the cast."""

from typing import Any
from uuid import uuid4

import factory

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import NewPerson, create_person, invite_person
from tests.cast import PASSWORD, STAGEHAND


class PersonFactory(factory.Factory[User]):
    """A person who can sign in; without a role."""

    class Meta:
        model = User

    # failed sign-ins are counted by address in a cache that outlives a test
    email = factory.LazyFunction(lambda: f"person-{uuid4().hex}@example.com")
    first_name = factory.Faker("first_name")
    last_name = factory.Sequence(lambda n: f"Person {n:04}")
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[User], *_args: Any, **given: Any) -> User:
        at = given.pop("at")
        return create_person(new=NewPerson(**given), password=PASSWORD, by=STAGEHAND, at=at)


class InvitedPersonFactory(PersonFactory):
    """A person who has not chosen a password yet."""

    @classmethod
    def _create(cls, model_class: type[User], *_args: Any, **given: Any) -> User:
        at = given.pop("at")
        return invite_person(new=NewPerson(**given), by=STAGEHAND, at=at)

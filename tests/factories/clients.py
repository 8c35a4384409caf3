"""Clients, entered through the service."""

from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewClient, create_client
from tests.cast import person_named

BERLIN = {"line1": "Unter den Linden 1", "city": "Berlin", "postal_code": "10117", "country": "DE"}


class ClientFactory(factory.Factory[Client]):
    """A client of `by` (Sam unless said), with complete billing details.

    It says that it is another one, so that several of a name can stand side by side.
    """

    class Meta:
        model = Client

    name = factory.Sequence(lambda n: f"Client {n:04}")
    legal_name = factory.LazyAttribute(lambda new: f"{new.name} GmbH")
    billing_address = factory.LazyFunction(lambda: dict(BERLIN))
    tax_id = factory.Sequence(lambda n: f"DE{100_000_000 + n}")
    email = factory.Sequence(lambda n: f"billing-{n}@client.example")
    is_another = True
    by = factory.LazyFunction(lambda: person_named("sam"))
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[Client], *_args: Any, **given: Any) -> Client:
        by, at = given.pop("by"), given.pop("at")
        return create_client(new=NewClient(**given), by=by, at=at)

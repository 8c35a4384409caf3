"""People and messages for the tests of the inbox."""

from datetime import UTC, datetime
from uuid import UUID

from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.kernel.ids import uuid7
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import NewPerson, create_person
from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.services import notify

AT = datetime(2026, 3, 2, 11, tzinfo=UTC)
PASSWORD = "correct horse battery"
MESSAGE = Message(
    kind="payment_verified",
    params={"code": "PY-0001", "amount": "400.00 USD", "client": "Northern Foods"},
    link="/payments/PY-0001/",
)


def make_person(name: str) -> User:
    """Enter an active person of the organization at work."""
    new = NewPerson(email=f"{name}@inbox.example", first_name=name.title(), last_name="Inbox")
    return create_person(new=new, password=PASSWORD, by=Actor.system("tests"), at=AT)


def tell(*people: User, event_id: UUID | None = None) -> UUID:
    """Notify people of one event; return its id."""
    event = event_id or uuid7()
    notify(recipients=[person.pk for person in people], event_id=event, message=MESSAGE, at=AT)
    return event


def occurrence() -> Occurrence:
    """Return when and by whom an event of the tests happened."""
    return Occurrence(event_id=uuid7(), recorded_at=AT, actor=Actor.system("tests"))

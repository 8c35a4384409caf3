"""One Idempotency-Key of several people, here and elsewhere: nobody gets another's answer."""

from typing import Any

from shared_apps.tenancy.context import Tenant, use_tenant
from tenant_apps.accounts.models import User
from tests.client import PrsClient
from tests.factories.documents import PLAIN_PDF, upload
from tests.isolation.asking import Asking

KEY = "one-key-for-all-of-them"
FILES = "/api/business/files/"


def ask_with_one_key(asking: Asking) -> None:
    """Send the same file as three people with the same key; each gets one of their own."""
    objects = asking.objects
    with use_tenant(objects.away):
        stranger = User.objects.get(pk=objects.foreign["person"][0])
    senders = [
        (objects.home, objects.people["sam"]),
        (objects.home, objects.people["suki"]),
        (objects.away, stranger),
    ]
    answers = [_send(tenant, person) for tenant, person in senders]
    asking.asked += len(answers)
    if len({str(answer.get("id")) for answer in answers}) != len(senders):
        asking.wrong.append(f"one key of three people gave the same answer: {answers}")


def _send(tenant: Tenant, person: User) -> dict[str, Any]:
    with use_tenant(tenant):
        client = PrsClient.signed_in(person, tenant=tenant)
        given = {"file": upload(PLAIN_PDF)}
        answer = client.post(FILES, given, format="multipart", key=KEY).json()
    found: dict[str, Any] = answer.get("data") or {}
    return found

"""One's own account."""

import pytest

from shared_apps.audit.models import EventRecord
from tenant_apps.accounts.models import User
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

ME = "/api/auth/me/"


def test_shows_what_one_may_do(as_sam: PrsClient) -> None:
    me = ok(as_sam.get(ME))
    assert me["permissions"]["payments.submit"] == "own"
    assert "payments.decide" not in me["permissions"]


def test_changes_names_and_contact_details(as_sam: PrsClient, sam: User) -> None:
    change = {"first_name": "Samuel", "timezone": "Asia/Tokyo", "locale": "de"}
    answer = as_sam.patch(ME, change, version=sam.version)
    shown = ok(answer)
    assert {name: shown[name] for name in change} == change
    assert answer["ETag"] == f'"{sam.version + 1}"'
    event = EventRecord.objects.get(name="accounts.person_changed", subject_id=sam.pk)
    assert event.before == {"first_name": "Sam", "timezone": "", "locale": "en"}
    assert event.after == change


def test_takes_back_what_it_showed(as_sam: PrsClient, sam: User) -> None:
    shown = ok(as_sam.get(ME))
    assert ok(as_sam.patch(ME, {**shown, "phone": "+49 30 1"}, version=sam.version))["phone"]


def test_needs_the_version(as_sam: PrsClient) -> None:
    error(as_sam.patch(ME, {"first_name": "X"}), 428)


def test_refuses_a_stale_version(as_sam: PrsClient, sam: User) -> None:
    ok(as_sam.patch(ME, {"first_name": "One"}, version=sam.version))
    error(as_sam.patch(ME, {"first_name": "Two"}, version=sam.version), 412)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("status", "suspended"),
        ("email", "other@acme.example"),
        ("id", "0197a1b2-0000-7000-8000-000000000001"),
        ("password", "a new password 9"),
        ("is_operator", True),
        ("is_staff", True),
        ("is_superuser", True),
        ("password_change_required", True),
        ("external_id", "x"),
        ("archived_at", "2026-01-01T00:00:00Z"),
        ("created_by_id", None),
        ("permissions", {"payments.decide": "all"}),
        ("granted", {"payments.decide": "all"}),
        ("roles", ["owner"]),
        ("version", 99),
    ],
)
def test_refuses_every_other_field_by_name(
    field: str, value: object, as_sam: PrsClient, sam: User
) -> None:
    refusal = error(as_sam.patch(ME, {field: value}, version=sam.version), 400)
    assert refusal["errors"][0]["field"].startswith(f"/{field}")
    assert User.objects.get(pk=sam.pk).version == sam.version


@pytest.mark.parametrize(
    "change", [{"timezone": "Mars/Olympus"}, {"locale": "klingon"}, {"first_name": "x" * 101}]
)
def test_refuses_bad_values(change: dict[str, str], as_sam: PrsClient, sam: User) -> None:
    error(as_sam.patch(ME, change, version=sam.version), 400)


def test_is_for_the_signed_in(anyone: PrsClient) -> None:
    error(anyone.get(ME), 401)


@pytest.mark.parametrize("method", ["put", "delete", "post"])
def test_knows_no_other_method(method: str, as_sam: PrsClient) -> None:
    error(getattr(as_sam, method)(ME), 405)

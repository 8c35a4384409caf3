"""Invitations: a link by e-mail, good once."""

from datetime import timedelta

import pytest
from django.core import mail

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import WrongStatus, issue_invitation
from tenant_apps.accounts.services.invitations import make_invitation_token, send_invitation_mail
from tests.cast import PASSWORD, STAGEHAND
from tests.client import PrsClient, error, ok
from tests.factories.accounts import InvitedPersonFactory, PersonFactory

pytestmark = pytest.mark.django_db

ACCEPT = "/api/auth/invitations/accept/"


@pytest.fixture
def invited(acme: Tenant) -> User:
    return InvitedPersonFactory()


def test_lets_the_person_choose_a_password_and_sign_in(invited: User, anyone: PrsClient) -> None:
    given = {"token": make_invitation_token(invited), "password": PASSWORD}
    ok(anyone.post(ACCEPT, given), 204)
    given = {"email": invited.email, "password": PASSWORD}
    assert ok(anyone.post("/api/auth/login/", given))["status"] == "signed_in"


def test_is_good_once(invited: User, anyone: PrsClient) -> None:
    given = {"token": make_invitation_token(invited), "password": PASSWORD}
    ok(anyone.post(ACCEPT, given), 204)
    again = {**given, "password": "the attacker's own 9"}
    assert error(anyone.post(ACCEPT, again), 401)["code"] == "token_invalid"


def test_stops_working_when_a_new_one_is_sent(invited: User, anyone: PrsClient) -> None:
    old = make_invitation_token(invited)
    issue_invitation(user_id=invited.pk, by=STAGEHAND, at=utc_now())
    error(anyone.post(ACCEPT, {"token": old, "password": PASSWORD}), 401)


def test_asks_for_a_strong_password(invited: User, anyone: PrsClient) -> None:
    given = {"token": make_invitation_token(invited), "password": "short"}
    assert error(anyone.post(ACCEPT, given), 400)["errors"][0]["field"] == "/password"
    assert User.objects.get(pk=invited.pk).status == "invited"


def test_cannot_be_sent_to_someone_who_accepted(acme: Tenant) -> None:
    with pytest.raises(WrongStatus):
        issue_invitation(user_id=PersonFactory().pk, by=STAGEHAND, at=utc_now())


def test_comes_by_mail_with_a_link_to_the_organizations_own_host(
    invited: User, acme: Tenant, anyone: PrsClient
) -> None:
    send_invitation_mail(user_id=invited.pk)
    (message,) = mail.outbox
    assert message.to == [invited.email]
    assert f"http://{acme.host}" in message.body
    token = message.body.split("token=")[1].split()[0]
    ok(anyone.post(ACCEPT, {"token": token, "password": PASSWORD}), 204)


def test_is_not_mailed_to_someone_who_accepted_meanwhile(acme: Tenant) -> None:
    send_invitation_mail(user_id=PersonFactory().pk)
    assert mail.outbox == []


def test_expires_after_seven_days(invited: User) -> None:
    from tenant_apps.accounts.tokens import InvitationToken  # noqa: PLC0415

    assert InvitationToken.lifetime == timedelta(days=7)

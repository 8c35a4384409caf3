"""The invitation's link leads to a page that takes the first password."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import PersonStatus, User
from tenant_apps.accounts.services import (
    NewPerson,
    invite_person,
    issue_invitation,
    revoke_invitation,
)
from tenant_apps.accounts.services.invitations import make_invitation_token

URL = "/invitations/accept/"
HOST = {"Host": "acme.localhost"}


@pytest.fixture
def nina(sam: User, at_noon: datetime) -> User:
    """A person who has not accepted yet."""
    new = NewPerson(email="nina@acme.example", first_name="Nina", last_name="New")
    return invite_person(new=new, by=sam.actor, at=at_noon)


class TestInvitationPage:
    def test_shows_the_form_and_is_never_cached(self, nina: User) -> None:
        answer = Client().get(URL, {"token": make_invitation_token(nina)}, headers=HOST)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        assert 'name="password"' in answer.content.decode()

    def test_takes_the_first_password_once(self, nina: User) -> None:
        form = {"token": make_invitation_token(nina), "password": "a long enough secret"}
        assert "Welcome, Nina" in Client().post(URL, form, headers=HOST).content.decode()
        nina.refresh_from_db()
        assert nina.status == PersonStatus.ACTIVE
        for again in (
            Client().post(URL, form, headers=HOST),
            Client().get(URL, form, headers=HOST),
        ):
            self.says_where_to_go_on(again)

    def test_keeps_the_language_that_it_is_read_in(self, nina: User) -> None:
        form = {"token": make_invitation_token(nina), "password": "a long enough secret"}
        page = Client().post(URL, form, headers={**HOST, "Accept-Language": "de-AT"})
        assert "Willkommen, Nina" in page.content.decode()
        nina.refresh_from_db()
        assert nina.locale == "de"

    def says_where_to_go_on(self, answer: Any) -> None:
        html = answer.content.decode()
        assert answer.status_code == 401
        assert "This invitation cannot be used" in html
        assert "invited to" not in html
        assert 'name="password"' not in html
        assert 'href="/sign-in/"' in html

    def test_says_so_when_it_was_taken_back_or_sent_anew(self, nina: User, sam: User) -> None:
        token = make_invitation_token(nina)
        issue_invitation(user_id=nina.pk, by=sam.actor, at=utc_now())
        self.says_where_to_go_on(Client().get(URL, {"token": token}, headers=HOST))
        newer = make_invitation_token(User.objects.get(pk=nina.pk))
        revoke_invitation(user_id=nina.pk, by=sam.actor, at=utc_now())
        self.says_where_to_go_on(Client().get(URL, {"token": newer}, headers=HOST))

    @pytest.mark.parametrize("token", ["", "x", "a.b.c"])
    def test_says_so_when_it_never_was_one(self, token: str, nina: User) -> None:
        self.says_where_to_go_on(Client().get(URL, {"token": token}, headers=HOST))

    def test_says_what_is_wrong_and_keeps_the_link(self, nina: User) -> None:
        token = make_invitation_token(nina)
        answer = Client().post(URL, {"token": token, "password": "short"}, headers=HOST)
        assert answer.status_code == 400
        assert token in answer.content.decode()
        assert 'role="alert"' in answer.content.decode()

    def test_escapes_what_it_is_sent(self, nina: User) -> None:
        answer = Client().get(URL, {"token": '"><script>'}, headers=HOST)
        assert "<script>" not in answer.content.decode()

    def test_is_refused_without_the_csrf_token(self, nina: User) -> None:
        form = {"token": make_invitation_token(nina), "password": "a long enough secret"}
        assert Client(enforce_csrf_checks=True).post(URL, form, headers=HOST).status_code == 403

    def test_is_worth_nothing_at_another_organization(self, nina: User) -> None:
        form = {"token": make_invitation_token(nina), "password": "a long enough secret"}
        for ask in (Client().post, Client().get):
            answer = ask(URL, form, headers={"Host": "globex.localhost"})
            self.says_where_to_go_on(answer)
            assert b"Acme" not in answer.content


@pytest.mark.parametrize("path", ["/api/auth/login", "/api/business/clients", "/api/nonsense/"])
def test_a_post_to_an_unknown_address_is_not_found(nina: User, path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(path, headers=HOST)
    assert answer.status_code == 404

"""Forms that the page's script sends, and forms of somebody who is signed out meanwhile."""

from typing import Any

from django.test import Client as Browser

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tests.factories.documents import picture, upload

NEW = "/clients/new/"
TYPED = {"request_key": "a filling-in of the form", "name": "Northwind", "status": "active"}


def by_script(person: User) -> dict[str, str]:
    """Return what the script of a page that was made for a person says."""
    return {"Form-Person": str(person.pk)}


class TestSentByScript:
    def test_says_where_a_taken_form_leads(self, sams: Browser, sam: User) -> None:
        answer = sams.post(NEW, TYPED, headers=by_script(sam))
        made = Client.objects.get(name="Northwind")
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer["Form-Leads-To"] == f"/clients/{made.code}/"
        assert "Location" not in answer.headers
        assert "The client is entered." in sams.get(answer["Form-Leads-To"]).content.decode()

    def test_answers_a_refused_form_with_its_page(self, sams: Browser, sam: User) -> None:
        answer = sams.post(NEW, TYPED | {"satisfaction": "9"}, headers=by_script(sam))
        assert answer.status_code == 400
        assert "data-refusal" not in answer.content.decode()

    def test_marks_a_page_that_only_refuses(self, sams: Browser, sam: User) -> None:
        answer = sams.post("/settings/organization/", {"name": "Mine"}, headers=by_script(sam))
        assert answer.status_code == 403
        assert 'data-refusal="403"' in answer.content.decode()

    def test_keeps_its_files_itself(self, sams: Browser, sam: User) -> None:
        def html(**options: Any) -> str:
            typed = {"proof": upload(picture(), "receipt.png")}
            return sams.post("/payments/new/", typed, **options).content.decode()

        assert "Choose again: receipt.png" in html()
        assert "Choose again" not in html(headers=by_script(sam))


class TestSignedOut:
    def test_keeps_the_page_and_says_why(self, nobodys: Browser, sam: User) -> None:
        page = nobodys.post(NEW, TYPED, headers=by_script(sam))
        html = page.content.decode()
        assert page.status_code == 401
        assert 'data-refusal="401"' in html
        assert "<h1>You are signed out</h1>" in html
        assert "What you typed is still here." in html
        assert not Client.objects.filter(name="Northwind").exists()

    def test_shows_what_was_typed_without_the_script(self, nobodys: Browser) -> None:
        typed = TYPED | {"remarks": "Met at the fair <b>", "new_password": "Correct horse"}
        page = nobodys.post(NEW, typed)
        html = page.content.decode()
        assert page.status_code == 401
        assert "Nothing was saved." in html
        assert "Met at the fair &lt;b&gt;" in html
        assert "Correct horse" not in html
        assert "a filling-in" not in html

    def test_is_told_when_the_token_went_with_the_cookies(self, nobodys: Browser) -> None:
        nobodys.handler.enforce_csrf_checks = True
        page = nobodys.post(NEW, TYPED)
        assert page.status_code == 401
        assert "<h1>You are signed out</h1>" in page.content.decode()

    def test_is_not_told_at_the_door(self, nobodys: Browser) -> None:
        nobodys.handler.enforce_csrf_checks = True
        page = nobodys.post("/sign-in/", {"email": "sam@acme.example"})
        assert page.status_code == 403
        assert "<h1>This form is too old</h1>" in page.content.decode()


class TestSignedInAsAnother:
    def test_nothing_is_sent_in_their_name(self, sams: Browser, suki: User) -> None:
        page = sams.post(NEW, TYPED, headers=by_script(suki))
        assert page.status_code == 409
        assert "Somebody else signed in" in page.content.decode()
        assert not Client.objects.filter(name="Northwind").exists()


def test_reading_leads_to_the_door_as_ever(nobodys: Browser) -> None:
    answer = nobodys.get(NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fclients%2Fnew%2F")

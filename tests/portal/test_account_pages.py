"""One's own account in the browser."""

from django.test import Client as Browser

from tenant_apps.accounts.models import User
from tests.cast import PASSWORD

NEW_PASSWORD = "another battery staple 8"


class TestAccount:
    def test_keeps_names_and_zone(self, sams: Browser, sam: User) -> None:
        form = sams.get("/account/").context["form"]
        typed = {**form.typed, "version": form.version, "first_name": "Samuel"}
        typed["timezone"] = "Europe/Berlin"
        assert sams.post("/account/", typed).status_code == 303
        sam.refresh_from_db()
        assert (sam.first_name, sam.timezone) == ("Samuel", "Europe/Berlin")

    def test_keeps_what_was_typed_and_says_why_not(self, sams: Browser) -> None:
        form = sams.get("/account/").context["form"]
        typed = {**form.typed, "version": form.version, "timezone": "Moon/Base"}
        page = sams.post("/account/", typed | {"first_name": "Samuel"})
        assert page.status_code == 400
        assert page.context["form"].errors("/timezone")
        assert 'value="Samuel"' in page.content.decode()

    def test_is_refused_when_somebody_was_faster(self, sams: Browser) -> None:
        form = sams.get("/account/").context["form"]
        typed = {**form.typed, "first_name": "Samuel", "version": "0"}
        assert sams.post("/account/", typed).status_code == 400


class TestPassword:
    def test_is_replaced_and_ends_the_session(self, sams: Browser, sam: User) -> None:
        typed = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert sams.post("/account/password/", typed)["Location"] == "/sign-in/"
        assert sams.get("/account/").status_code == 302
        sam.refresh_from_db()
        assert sam.check_password(NEW_PASSWORD)

    def test_that_is_left_empty_is_no_attempt(self, sams: Browser) -> None:
        for _ in range(15):  # more than the door lets anybody guess
            page = sams.post("/account/password/", {"old_password": " ", "new_password": ""})
            assert page.status_code == 400
        form = page.context["form"]
        assert form.errors("/old_password") == form.errors("/new_password") != []
        typed = {"old_password": PASSWORD, "new_password": NEW_PASSWORD}
        assert sams.post("/account/password/", typed).status_code == 303

    def test_says_at_the_field_why_not(self, sams: Browser) -> None:
        typed = {"old_password": "wrong", "new_password": NEW_PASSWORD}
        page = sams.post("/account/password/", typed)
        assert page.status_code == 400
        assert page.context["form"].errors("/old_password")


class TestSearch:
    def test_finds_nothing_politely(self, sams: Browser) -> None:
        assert "Nothing found" in sams.get("/search/", {"q": "zzz"}).content.decode()
        assert "What are you looking for" in sams.get("/search/").content.decode()

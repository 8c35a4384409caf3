"""People have pictures: small squares, whatever was sent, that colleagues alone see."""

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from shared_apps.audit.models import EventRecord
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.documents.pictures import MAX_PICTURE_BYTES, SIDE
from tests.client import PrsClient, error, ok
from tests.factories.documents import PLAIN_PDF, picture, upload
from tests.portal.conftest import signed_in

pytestmark = pytest.mark.django_db

OWN = "/api/auth/me/picture/"


def send(client: PrsClient, content: bytes, name: str = "me.png") -> Any:
    """Send a picture as a browser does."""
    return client.post(OWN, {"file": upload(content, name)}, format="multipart")


def served(client: PrsClient, person: User) -> Any:
    """Ask for a person's picture."""
    return client.get(f"/api/auth/people/{person.pk}/picture/")


def image_of(answer: Any) -> Image.Image:
    """Return what was served, as an image."""
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))


class TestChoosing:
    @pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
    def test_makes_a_square_of_every_picture(
        self, image_format: str, as_sam: PrsClient, sam: User
    ) -> None:
        shown = ok(send(as_sam, picture(image_format, size=(640, 300))), 200)
        sam.refresh_from_db()
        assert shown["picture_url"] == sam.picture_url
        assert ok(as_sam.get("/api/auth/me/"))["picture_url"] == sam.picture_url
        answer = as_sam.get(shown["picture_url"])
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")
        image = image_of(answer)
        assert (image.format, image.size) == ("WEBP", (SIDE, SIDE))

    def test_keeps_nothing_but_the_pixels(self, as_sam: PrsClient, sam: User) -> None:
        exif = Image.Exif()
        exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
        ok(send(as_sam, picture("JPEG", size=(300, 300), exif=exif)), 200)
        image = image_of(served(as_sam, sam))
        assert not image.getexif()

    def test_stands_what_is_clear_on_white(self, as_sam: PrsClient, sam: User) -> None:
        out = io.BytesIO()
        Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, format="PNG")
        ok(send(as_sam, out.getvalue()), 200)
        red, green, blue = image_of(served(as_sam, sam)).convert("RGB").getpixel((5, 5))  # type: ignore[misc]  # a pixel of three
        assert min(red, green, blue) > 250

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"no picture at all", 415, "file_type_refused"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "file_type_refused"),
            (PLAIN_PDF, 415, "file_type_refused"),
            (picture()[:40], 415, "file_type_refused"),
            (picture() + b" " * MAX_PICTURE_BYTES, 413, "upload_too_large"),
        ],
        ids=["text", "svg", "pdf", "broken", "large"],
    )
    def test_refuses_what_is_no_picture(
        self, content: bytes, status: int, code: str, as_sam: PrsClient, sam: User
    ) -> None:
        assert error(send(as_sam, content), status)["code"] == code
        sam.refresh_from_db()
        assert sam.picture == ""

    def test_refuses_more_pixels_than_may_be(self, as_sam: PrsClient) -> None:
        content = picture("PNG", size=(9000, 5000))
        assert error(send(as_sam, content), 413)["code"] == "upload_too_large"

    def test_removes_the_picture_before(
        self, as_sam: PrsClient, sam: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        ok(send(as_sam, picture()), 200)
        sam.refresh_from_db()
        first = sam.picture
        with django_capture_on_commit_callbacks(execute=True):
            ok(send(as_sam, picture("JPEG")), 200)
        sam.refresh_from_db()
        assert sam.picture != first
        assert not default_storage.exists(first)
        with django_capture_on_commit_callbacks(execute=True):
            ok(as_sam.delete(OWN), 204)
        assert not default_storage.exists(sam.picture)
        error(served(as_sam, sam), 404)

    def test_is_recorded(self, as_sam: PrsClient, sam: User) -> None:
        ok(send(as_sam, picture()), 200)
        ok(as_sam.delete(OWN), 204)
        ok(as_sam.delete(OWN), 204)
        events = EventRecord.objects.filter(name="accounts.picture_changed", subject_id=sam.pk)
        assert [event.payload["has_picture"] for event in events.order_by("recorded_at", "pk")] == [
            True,
            False,
        ]


class TestSeeing:
    @pytest.fixture(autouse=True)
    def _sams(self, as_sam: PrsClient) -> None:
        ok(send(as_sam, picture()), 200)

    def test_is_for_colleagues(self, as_tim: PrsClient, sam: User) -> None:
        assert served(as_tim, sam).status_code == 200

    def test_is_not_for_whoever_comes_by(self, anyone: PrsClient, sam: User) -> None:
        error(served(anyone, sam), 401)

    def test_is_not_for_another_organization(self, as_mallory: PrsClient, sam: User) -> None:
        foreign = error(served(as_mallory, sam), 404)
        sam.pk = uuid4()
        assert error(served(as_mallory, sam), 404)["message"] == foreign["message"]

    def test_is_shown_to_administrators_with_the_person(
        self, as_adam: PrsClient, sam: User
    ) -> None:
        sam.refresh_from_db()
        shown = ok(as_adam.get(f"/api/admin/users/{sam.pk}/"))
        assert shown["picture_url"] == sam.picture_url


class TestPages:
    @pytest.fixture
    def browser(self, sam: User, acme: Tenant) -> Client:
        return signed_in(sam, acme)

    def test_show_the_picture_in_the_frame(self, browser: Client, sam: User) -> None:
        assert '<img class="av"' not in browser.get("/account/").content.decode()
        answer = browser.post("/account/picture/", {"file": upload(picture(), "me.png")})
        assert (answer.status_code, answer["Location"]) == (303, "/account/")
        page = browser.get("/account/").content.decode()
        sam.refresh_from_db()
        address = f"/people/{sam.pk}/picture/?v={sam.picture_mark}"
        assert page.count(address) == 3
        served_here = browser.get(address)
        assert served_here["Content-Type"] == "image/webp"
        assert served_here["Cache-Control"].startswith("private, max-age=")

    def test_say_why_a_picture_was_refused(self, browser: Client) -> None:
        answer = browser.post("/account/picture/", {"file": upload(PLAIN_PDF, "me.pdf")})
        assert answer.status_code == 400
        said = '<p class="error" role="alert" id="f-file-e" data-said>{} </p>'
        assert said.format("A picture is a JPEG, PNG or WebP file.") in answer.content.decode()

    def test_say_how_large_it_may_be(self, browser: Client) -> None:
        large = upload(picture() + b" " * MAX_PICTURE_BYTES, "me.png")
        answer = browser.post("/account/picture/", {"file": large})
        assert "A picture has at most 5 MB." in answer.content.decode()

    def test_ask_for_one(self, browser: Client) -> None:
        html = browser.post("/account/picture/").content.decode()
        assert '<a href="#f-file">Another picture: <span>Choose a picture first.' in html
        assert browser.get("/account/picture/")["Location"] == "/account/"

    def test_take_it_away(self, browser: Client, sam: User) -> None:
        browser.post("/account/picture/", {"file": upload(picture(), "me.png")})
        browser.post("/account/picture/remove/")
        sam.refresh_from_db()
        assert sam.picture == ""

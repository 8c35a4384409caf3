"""Static files as an asynchronous server hands them out."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.http import HttpResponse
from django.test import AsyncRequestFactory
from pytest_django import Settings

from config.static_files import StaticFiles

SCRIPT = Path(configured.CHECKOUT) / "tenant_apps/portal/static/portal/portal.js"
URL = "/static/portal/portal.js"


@pytest.fixture
def files(settings: Settings) -> StaticFiles:
    settings.WHITENOISE_USE_FINDERS = True
    return StaticFiles(lambda _request: HttpResponse("elsewhere", status=404))


class TestStaticFiles:
    def test_come_whole(self, files: StaticFiles) -> None:
        """A streamed answer would be a synchronous iterator, of which Django warns."""
        answer = files(AsyncRequestFactory().get(URL))
        assert not answer.streaming
        assert answer.content == SCRIPT.read_bytes()
        assert answer["Content-Length"] == str(len(answer.content))
        assert answer["Content-Type"].startswith("text/javascript")

    def test_come_in_parts(self, files: StaticFiles) -> None:
        asked = AsyncRequestFactory().get(URL)
        asked.META["HTTP_RANGE"] = "bytes=2-5"
        answer = files(asked)
        assert (answer.status_code, answer.content) == (206, SCRIPT.read_bytes()[2:6])
        asked.META["HTTP_RANGE"] = "bytes=99999999-"
        assert files(asked).status_code == 416

    def test_are_sent_once(self, files: StaticFiles) -> None:
        asked = AsyncRequestFactory().get(URL)
        asked.META["HTTP_IF_NONE_MATCH"] = files(AsyncRequestFactory().get(URL))["ETag"]
        answer = files(asked)
        assert (answer.status_code, answer.content) == (304, b"")

    def test_say_their_length_to_a_head(self, files: StaticFiles) -> None:
        answer = files(AsyncRequestFactory().head(URL))
        assert (answer.content, answer["Content-Length"]) == (b"", str(SCRIPT.stat().st_size))

    def test_leave_every_other_address_to_the_product(self, files: StaticFiles) -> None:
        assert files(AsyncRequestFactory().get("/deals/")).status_code == 404

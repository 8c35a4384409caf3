"""Messages in the browser: the bell, the page, the way to what a message is about."""

from html import unescape
from uuid import uuid4

import pytest
from django.test import Client as Browser

from shared_apps.kernel.clock import utc_now
from tenant_apps.accounts.models import User
from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.models import Notification
from tenant_apps.notifications.services import notify
from tests.queries import queries_of

PARAMS = {"payment": "PY-0001", "deal": "DL-0001", "amount": "14.00 USD"}


def tell(person: User, link: str = "") -> None:
    message = Message(kind="commission_accrued", params=PARAMS, link=link)
    notify(recipients=[person.pk], event_id=uuid4(), message=message, at=utc_now())


class TestBell:
    def test_counts_what_is_unread(self, sams: Browser, sam: User) -> None:
        tell(sam)
        page = sams.get("/notifications/")
        assert page.context["shell"].unread == 1
        assert 'aria-label="Notifications, 1 unread"' in page.content.decode()

    def test_shows_the_newest_in_its_menu(self, sams: Browser, sam: User) -> None:
        tell(sam)
        assert "Commission of $14.00" in sams.get("/notifications/menu/").content.decode()

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "Jo gave you $1,234.50 from Foo to review until Mar 2, 2026, 4:05\u202fPM."),
            (
                "de",
                "Jo hat Ihnen 1.234,50\u00a0$ von Foo zur Prüfung bis 02.03.2026, 16:05 gegeben.",
            ),
        ],
    )
    def test_writes_amounts_days_and_times_as_the_pages_do(
        self, sams: Browser, sam: User, language: str, said: str
    ) -> None:
        params = {"code": "PY-1", "by": "Jo", "amount": "1234.50 USD", "client": "Foo"}
        until = {"until": "2026-03-02 15:05 UTC"}
        message = Message(kind="payment_assigned", params=params | until)
        notify(recipients=[sam.pk], event_id=uuid4(), message=message, at=utc_now())
        sams.post("/preferences/", {"language": language})
        assert said in unescape(sams.get("/notifications/").content.decode())

    def test_leaves_words_that_look_like_a_day(self, sams: Browser, sam: User) -> None:
        params = {"code": "PY-1", "amount": "1.00 USD", "client": "Foo", "reason": "2026-02-31"}
        message = Message(kind="payment_rejected", params=params)
        notify(recipients=[sam.pk], event_id=uuid4(), message=message, at=utc_now())
        assert "was rejected: 2026-02-31" in sams.get("/notifications/").content.decode()

    def test_shows_nobody_elses(self, veras: Browser, sam: User) -> None:
        tell(sam)
        assert "No messages yet" in veras.get("/notifications/menu/").content.decode()


class TestMessage:
    def test_leads_to_its_room_and_is_read(self, sams: Browser, sam: User) -> None:
        tell(sam, link="/payments/PY-0001/")
        assert sams.get("/notifications/1/")["Location"] == "/payments/PY-0001/"
        assert Notification.objects.get(recipient=sam).is_read

    @pytest.mark.parametrize("link", ["", "/no/such/room/", "https://evil.example/"])
    def test_without_a_room_leads_to_the_messages(
        self, sams: Browser, sam: User, link: str
    ) -> None:
        tell(sam, link=link)
        assert sams.get("/notifications/1/")["Location"] == "/notifications/"

    def test_of_somebody_else_is_not_found(self, veras: Browser, sam: User) -> None:
        tell(sam)
        assert veras.get("/notifications/1/").status_code == 404


class TestReadAll:
    def test_marks_what_was_on_the_page(self, sams: Browser, sam: User) -> None:
        tell(sam)
        tell(sam)
        sams.post("/notifications/read/", {"up_to": "1"})
        assert list(Notification.objects.filter(read_at=None).values_list("seq", flat=True)) == [2]

    def test_takes_no_nonsense(self, sams: Browser, sam: User) -> None:
        tell(sam)
        assert sams.post("/notifications/read/", {"up_to": "x"}).status_code == 303
        assert Notification.objects.filter(read_at=None).count() == 1


def test_the_page_asks_as_much_for_many_as_for_one(sams: Browser, sam: User) -> None:
    tell(sam)
    few = queries_of(lambda: sams.get("/notifications/"))
    for _ in range(15):
        tell(sam)
    assert queries_of(lambda: sams.get("/notifications/")) == few

"""/api/notifications/: one's own inbox and nobody else's."""

from typing import Any

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.notifications.models import Notification
from tests.client import PrsClient, error, ok
from tests.notifications.people import tell
from tests.queries import queries_of

PATH = "/api/notifications/"


def seqs(page: dict[str, Any]) -> list[int]:
    return [row["seq"] for row in page["results"]]


class TestList:
    def test_shows_the_newest_first(self, as_sam: PrsClient, sam: User) -> None:
        for _ in range(3):
            tell(sam)
        page = ok(as_sam.get(PATH), 200)
        assert seqs(page) == [3, 2, 1]
        row = page["results"][0]
        assert (row["kind"], row["title"]) == ("payment_verified", "PY-0001 is verified")
        assert (row["occurred_at"], row["read_at"]) == ("2026-03-02T11:00:00Z", None)

    def test_reads_on_from_a_number(self, as_sam: PrsClient, sam: User) -> None:
        for _ in range(5):
            tell(sam)
        page = ok(as_sam.get(f"{PATH}?after=2&page_size=2"))
        assert seqs(page) == [3, 4]
        page = ok(as_sam.get(page["pagination"]["next"]))
        assert seqs(page) == [5]
        assert page["pagination"] == {
            "count": None,
            "next": None,
            "previous": None,
            "page_size": 2,
        }

    def test_goes_back_page_by_page(self, as_sam: PrsClient, sam: User) -> None:
        for _ in range(5):
            tell(sam)
        page = ok(as_sam.get(f"{PATH}?page_size=3"))
        assert seqs(page) == [5, 4, 3]
        assert seqs(ok(as_sam.get(page["pagination"]["next"]))) == [2, 1]

    def test_counts_pages_on_request(self, as_sam: PrsClient, sam: User) -> None:
        for _ in range(5):
            tell(sam)
        page = ok(as_sam.get(f"{PATH}?page=2&page_size=3"))
        assert seqs(page) == [2, 1]
        assert page["pagination"]["count"] == 5

    def test_shows_what_is_unread(self, as_sam: PrsClient, sam: User) -> None:
        tell(sam)
        tell(sam)
        ok(as_sam.post(f"{PATH}1/read/"), 200)
        assert seqs(ok(as_sam.get(f"{PATH}?unread=true"))) == [2]

    def test_shows_nobody_elses(self, as_vera: PrsClient, as_mallory: PrsClient, sam: User) -> None:
        tell(sam)
        assert seqs(ok(as_vera.get(PATH))) == []
        assert seqs(ok(as_mallory.get(PATH))) == []

    def test_is_refused_without_a_credential(self, anyone: PrsClient) -> None:
        error(anyone.get(PATH), 401)

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("colour=red", "/colour"),
            ("after=x", "/after"),
            ("after=-1", "/after"),
            ("before=0", "/before"),
            ("page=0", "/page"),
            ("cursor=abc", "/cursor"),
            ("page_size=0", "/page_size"),
            ("page_size=101", "/page_size"),
            ("unread=perhaps", "/unread"),
        ],
    )
    def test_bad_parameters_are_refused_by_name(
        self, as_sam: PrsClient, query: str, field: str
    ) -> None:
        problems = error(as_sam.get(f"{PATH}?{query}"), 400)["errors"]
        assert [problem["field"] for problem in problems] == [field]

    def test_takes_as_many_queries_for_50_rows_as_for_one(
        self, as_sam: PrsClient, sam: User
    ) -> None:
        tell(sam)
        one = queries_of(lambda: as_sam.get(PATH))
        for _ in range(49):
            tell(sam)
        assert len(ok(as_sam.get(f"{PATH}?page_size=50"))["results"]) == 50
        assert queries_of(lambda: as_sam.get(f"{PATH}?page_size=50")) == one


class TestReading:
    def test_marks_one_read_once(self, as_sam: PrsClient, sam: User) -> None:
        tell(sam)
        first = ok(as_sam.post(f"{PATH}1/read/"), 200)
        assert first["read_at"] is not None
        assert ok(as_sam.post(f"{PATH}1/read/"), 200) == first

    def test_another_persons_is_not_found(
        self, as_vera: PrsClient, as_mallory: PrsClient, sam: User
    ) -> None:
        tell(sam)
        for client in (as_vera, as_mallory):
            assert error(client.post(f"{PATH}1/read/"), 404)["code"] == "not_found"
        assert not Notification.objects.get(recipient=sam, seq=1).is_read

    @pytest.mark.parametrize("seq", [2, 0, 10**30])
    def test_a_number_that_was_never_given_is_not_found(
        self, as_sam: PrsClient, sam: User, seq: int
    ) -> None:
        tell(sam)
        error(as_sam.post(f"{PATH}{seq}/read/"), 404)

    def test_marks_all_up_to_a_number_read(self, as_sam: PrsClient, sam: User) -> None:
        for _ in range(4):
            tell(sam)
        assert ok(as_sam.post(f"{PATH}read-all/", {"up_to": 3}), 200) == {"marked": 3}
        assert ok(as_sam.get(f"{PATH}unread-count/")) == {"unread": 1, "head": 4}
        assert ok(as_sam.post(f"{PATH}read-all/", {"up_to": 3})) == {"marked": 0}

    @pytest.mark.parametrize("body", [{}, {"up_to": "x"}, {"up_to": -1}, {"up_to": 1, "all": True}])
    def test_reading_all_asks_for_the_number_on_the_screen(
        self, as_sam: PrsClient, body: dict[str, Any]
    ) -> None:
        error(as_sam.post(f"{PATH}read-all/", body), 400)

    def test_counts_what_is_unread(self, as_sam: PrsClient, as_vera: PrsClient, sam: User) -> None:
        tell(sam)
        tell(sam)
        assert ok(as_sam.get(f"{PATH}unread-count/")) == {"unread": 2, "head": 2}
        assert ok(as_vera.get(f"{PATH}unread-count/")) == {"unread": 0, "head": 0}

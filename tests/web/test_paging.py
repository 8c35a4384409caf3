"""Lists come in pages: by number with a count, or by cursor, and miss and repeat nothing."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db.models import F, QuerySet
from django.test import RequestFactory
from rest_framework.request import Request

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.web.paging import page_of
from tests.client import PrsClient, error
from tests.queries import queries_of
from tests.unguarded import unguarded

Send = Callable[[int], list[EventRecord]]
ORDERS = [
    ("-recorded_at", "-id"),
    ("recorded_at", "id"),
    ("recorded_at", "-id"),
    ("ip", "id"),
    ("-ip", "id"),
    ("reason", "-ip", "pk"),
]


def walk(client: PrsClient, address: str, to: str = "next") -> list[list[str]]:
    """Follow the links from page to page; return the ids of each."""
    pages, url = [], address
    while url:
        data = client.get(url).json()["data"]
        pages.append([row["id"] for row in data["results"]])
        url = data["pagination"][to]
        assert len(pages) < 100
    return pages


def flat(pages: list[list[str]]) -> list[str]:
    """Return the ids of all pages, in their order."""
    return [row for page in pages for row in page]


def ask(rows: QuerySet[EventRecord], url: str) -> Any:
    """Return one page by cursor of a query set."""
    request = Request(RequestFactory().get(url))
    return page_of(rows=rows, request=request, default="cursor")


class TestNumberedPages:
    def test_show_every_row_once_with_the_count(
        self, as_sam: PrsClient, parcels: str, send: Send
    ) -> None:
        sent = send(7)

        data = as_sam.get(f"{parcels}?page_size=3").json()["data"]

        assert data["pagination"] == {
            "count": 7,
            "next": f"http://acme.localhost{parcels}?page=2&page_size=3",
            "previous": None,
            "page_size": 3,
        }
        pages = walk(as_sam, f"{parcels}?page_size=3")
        assert [len(page) for page in pages] == [3, 3, 1]
        assert sorted(flat(pages)) == sorted(str(row.id) for row in sent)

    def test_are_walked_back_as_well(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(5)

        pages = walk(as_sam, f"{parcels}?page=3&page_size=2", to="previous")

        assert [len(page) for page in pages] == [1, 2, 2]

    def test_beyond_the_last_are_empty(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(1)

        data = as_sam.get(f"{parcels}?page=900").json()["data"]

        assert (data["results"], data["pagination"]["next"]) == ([], None)

    def test_hold_20_rows_unless_told(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(25)

        assert [len(page) for page in walk(as_sam, parcels)] == [20, 5]

    def test_cost_the_same_for_1_and_50_rows(
        self, as_sam: PrsClient, parcels: str, send: Send
    ) -> None:
        send(1)
        few = queries_of(lambda: as_sam.get(f"{parcels}?page_size=100"))
        send(49)

        assert queries_of(lambda: as_sam.get(f"{parcels}?page_size=100")) == few


class TestCursors:
    def test_show_every_row_once_without_a_count(
        self, as_sam: PrsClient, parcels: str, send: Send
    ) -> None:
        sent = send(7)

        first = as_sam.get(f"{parcels}?cursor=&page_size=3").json()["data"]["pagination"]

        assert (first["count"], first["previous"], first["page_size"]) == (None, None, 3)
        pages = walk(as_sam, f"{parcels}?cursor=&page_size=3")
        assert [len(page) for page in pages] == [3, 3, 1]
        assert flat(pages) == [str(row.id) for row in reversed(sent)]

    def test_neither_miss_nor_repeat_rows_when_new_ones_arrive(
        self, as_sam: PrsClient, parcels: str, send: Send
    ) -> None:
        sent = {str(row.id) for row in send(6)}
        first = as_sam.get(f"{parcels}?cursor=&page_size=4").json()["data"]
        send(3)

        rest = walk(as_sam, first["pagination"]["next"])

        seen = [row["id"] for row in first["results"]] + flat(rest)
        assert set(seen) >= sent
        assert len(seen) == len(set(seen))

    def test_lead_back_the_way_they_came(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(7)
        url, forth = f"{parcels}?cursor=&page_size=3", []
        while url:
            last, data = url, as_sam.get(url).json()["data"]
            forth.append([row["id"] for row in data["results"]])
            url = data["pagination"]["next"]

        assert walk(as_sam, last, to="previous") == forth[::-1]

    def test_belong_to_their_ordering(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(3)
        first = as_sam.get(f"{parcels}?cursor=&page_size=1").json()["data"]

        response = as_sam.get(f"{first['pagination']['next']}&ordering=recorded_at")

        assert error(response, 400)["errors"][0]["field"] == "/cursor"

    def test_cannot_be_made_up(self, as_sam: PrsClient, parcels: str, send: Send) -> None:
        send(3)
        first = as_sam.get(f"{parcels}?cursor=&page_size=1").json()["data"]
        forged = first["pagination"]["next"].replace("cursor=", "cursor=x")

        assert error(as_sam.get(forged), 400)["errors"][0]["field"] == "/cursor"

    def test_and_numbers_do_not_mix(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.get(f"{parcels}?cursor=&page=1")

        assert error(response, 400)["errors"][0]["field"] == "/cursor"

    @pytest.mark.parametrize("order", ORDERS, ids=" ".join)
    def test_walk_any_order_with_ties_and_nulls(
        self, parcels: str, send: Send, order: tuple[str, ...]
    ) -> None:
        for number, row in enumerate(send(11)):
            ip = f"203.0.113.{number % 4}" if number % 3 else None
            with unguarded(EventRecord):
                EventRecord.objects.filter(pk=row.pk).update(ip=ip, reason=str(number % 2))
        rows = EventRecord.objects.filter(name="tests.parcel_sent").order_by(*order)

        seen: list[EventRecord] = []
        page = ask(rows, "/?page_size=2")
        while page.next:
            seen.extend(page.rows)
            page = ask(rows, page.next)
        seen.extend(page.rows)
        back = list(page.rows)
        while page.previous:
            page = ask(rows, page.previous)
            back = [*page.rows, *back]

        assert [row.pk for row in seen] == [row.pk for row in rows]
        assert [row.pk for row in back] == [row.pk for row in rows]

    def test_need_an_order_that_ends_in_the_key(self, parcels: str) -> None:
        with pytest.raises(TypeError, match="ends in its key"):
            ask(EventRecord.objects.order_by("recorded_at"), "/")
        with pytest.raises(TypeError, match="ends in its key"):
            ask(EventRecord.objects.order_by(F("id").desc()), "/")

    def test_of_nothing_have_no_neighbours(self, parcels: str) -> None:
        page = ask(EventRecord.objects.filter(name="none").order_by("id"), "/")

        assert (page.rows, page.next, page.previous) == ([], None, None)


class TestPlainLists:
    def test_are_paged_by_number(self) -> None:
        request = Request(RequestFactory().get("/?page=2&page_size=2"))

        page = page_of(rows=["a", "b", "c"], request=request, default="cursor")

        assert (page.rows, page.count, page.next) == (["c"], 3, None)
        assert urlsplit(str(page.previous)).query == "page=1&page_size=2"

    def test_refuse_a_page_that_is_no_number(self) -> None:
        request = Request(RequestFactory().get("/?page=two"))

        with pytest.raises(ValidationFailed):
            page_of(rows=[], request=request, default="page")

"""A repeated request has one effect and one answer."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event as Flag
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from shared_apps.audit import idempotency
from shared_apps.audit.idempotency import (
    KEPT_FOR,
    Answer,
    IdempotencyKeyRequired,
    IdempotencyMismatch,
    KeySpent,
    RequestKey,
    RequestStillRunning,
    check_key,
    forget_old_answers,
    hash_request,
    run_once,
)
from shared_apps.audit.models import IdempotencyKey
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.tenancy.context import Tenant, use_tenant
from tests.audit.parcels import receipts
from tests.audit.test_delivery import in_threads

KEY = RequestKey(actor="user:sam", key="key-0001", request_hash="a" * 64)


def leave_receipt(status: int = 201, headers: dict[str, str] | None = None) -> Callable[[], Answer]:
    """Return work that has one visible effect and answers with `status`."""

    def work() -> Answer:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO receipt (event_id) VALUES (gen_random_uuid())")
        return Answer(status=status, body={"receipt": 1}, headers=headers or {})

    return work


class TestRunOnce:
    def test_answers_a_repeat_with_the_first_answer(self, depot: Tenant) -> None:
        first = run_once(request=KEY, work=leave_receipt(headers={"ETag": '"1"'}))
        second = run_once(request=KEY, work=leave_receipt(status=500))

        assert not first.is_replay
        assert second.is_replay
        assert (second.status, second.body, second.headers) == (
            201,
            {"receipt": 1},
            {"ETag": '"1"'},
        )
        assert receipts() == 1

    def test_refuses_another_request_under_the_same_key(self, depot: Tenant) -> None:
        run_once(request=KEY, work=leave_receipt())
        other = RequestKey(actor=KEY.actor, key=KEY.key, request_hash="b" * 64)

        with pytest.raises(IdempotencyMismatch):
            run_once(request=other, work=leave_receipt())
        assert receipts() == 1

    def test_keeps_the_keys_of_two_people_apart(self, depot: Tenant) -> None:
        run_once(request=KEY, work=leave_receipt())
        suki = RequestKey(actor="user:suki", key=KEY.key, request_hash=KEY.request_hash)

        assert not run_once(request=suki, work=leave_receipt()).is_replay
        assert receipts() == 2

    @pytest.mark.parametrize("status", [401, 429, 500, 503])
    def test_forgets_an_answer_that_says_nothing_about_the_request(
        self, depot: Tenant, status: int
    ) -> None:
        assert run_once(request=KEY, work=leave_receipt(status=status)).status == status
        assert receipts() == 0

        assert run_once(request=KEY, work=leave_receipt()).status == 201
        assert receipts() == 1

    def test_forgets_an_answer_that_asks_to_come_back(self, depot: Tenant) -> None:
        busy = leave_receipt(status=409, headers={"Retry-After": "1"})
        assert run_once(request=KEY, work=busy).status == 409

        assert run_once(request=KEY, work=leave_receipt()).status == 201

    def test_keeps_a_refusal(self, depot: Tenant) -> None:
        run_once(request=KEY, work=leave_receipt(status=409))

        assert run_once(request=KEY, work=leave_receipt()).status == 409

    def test_leaves_the_key_free_when_the_work_breaks(self, depot: Tenant) -> None:
        with pytest.raises(ZeroDivisionError):
            run_once(request=KEY, work=lambda: Answer(status=1 // 0, body=None))

        assert run_once(request=KEY, work=leave_receipt()).status == 201

    def test_happens_once_under_16_concurrent_repeats(self, depot: Tenant) -> None:
        work = leave_receipt()

        answers = in_threads(depot, 16, lambda: run_once(request=KEY, work=work))

        assert receipts() == 1
        replays = [answer.is_replay for answer in answers if isinstance(answer, Answer)]
        assert sorted(replays) == [False] + [True] * 15

    def test_passes_to_the_second_sender_when_the_first_fails(self, depot: Tenant) -> None:
        statuses = iter([500, 201])

        def work() -> Answer:
            return leave_receipt(next(statuses))()

        outcomes = in_threads(depot, 2, lambda: run_once(request=KEY, work=work))

        assert sorted(a.status for a in outcomes if isinstance(a, Answer)) == [201, 500]
        assert receipts() == 1

    def test_gives_up_after_a_wait_when_the_first_is_still_running(
        self, depot: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(idempotency, "WAIT_MS", 200)
        started, may_end = Flag(), Flag()

        def slow() -> Answer:
            started.set()
            assert may_end.wait(20)
            return leave_receipt()()

        def first() -> None:
            with use_tenant(depot):
                run_once(request=KEY, work=slow)
                connection.close()

        thread = Thread(target=first)
        thread.start()
        assert started.wait(20)
        with pytest.raises(RequestStillRunning) as refusal:
            run_once(request=KEY, work=leave_receipt())
        may_end.set()
        thread.join()

        assert refusal.value.headers == {"Retry-After": "3"}
        assert receipts() == 1

    def test_costs_three_statements_beside_the_work(
        self, depot: Tenant, django_assert_num_queries: object
    ) -> None:
        assert callable(django_assert_num_queries)
        with django_assert_num_queries(5):  # BEGIN, lock_timeout, INSERT, UPDATE, COMMIT
            run_once(request=KEY, work=lambda: Answer(status=200, body=None))


class TestOldAnswers:
    @pytest.fixture
    def later(self) -> datetime:
        """Return an instant when the answers of now are too old to be kept."""
        return utc_now() + KEPT_FOR + timedelta(minutes=1)

    def test_are_kept_for_30_days(self, depot: Tenant, later: datetime) -> None:
        run_once(request=KEY, work=leave_receipt())

        assert forget_old_answers(at=later - timedelta(minutes=2)) == 0
        assert run_once(request=KEY, work=leave_receipt()).is_replay

    def test_leave_the_key_that_had_an_effect(self, depot: Tenant, later: datetime) -> None:
        run_once(request=KEY, work=leave_receipt())

        assert forget_old_answers(at=later) == 1
        assert forget_old_answers(at=later) == 0
        [kept] = IdempotencyKey.objects.all()
        assert (kept.status, kept.body, kept.headers) == (None, None, {})
        with pytest.raises(KeySpent):
            run_once(request=KEY, work=leave_receipt())
        with pytest.raises(IdempotencyMismatch):
            run_once(request=replace(KEY, request_hash="other"), work=leave_receipt())
        assert receipts() == 1

    def test_free_the_key_of_a_refusal(self, depot: Tenant, later: datetime) -> None:
        run_once(request=KEY, work=lambda: Answer(status=409, body={"code": "deal_not_won"}))

        assert forget_old_answers(at=later) == 1
        assert run_once(request=KEY, work=leave_receipt()).status == 201


class TestKey:
    def test_is_required(self) -> None:
        with pytest.raises(IdempotencyKeyRequired):
            check_key(None)

    @pytest.mark.parametrize("key", ["short", "x" * 256, "nul\x00nul\x00", "line\nbreak"])
    def test_has_8_to_255_printable_characters(self, key: str) -> None:
        with pytest.raises(ValidationFailed):
            check_key(key)

    @pytest.mark.parametrize("key", ["x" * 8, "x" * 255])
    def test_may_be_as_short_or_long_as_that(self, key: str) -> None:
        assert check_key(key) == key


def _hash(data: object, *, method: str = "POST", path: str = "/api/x/") -> str:
    return hash_request(method=method, path=path, data=data)


class TestRequestHash:
    def test_does_not_depend_on_the_order_of_names(self) -> None:
        assert _hash({"a": 1, "b": [1, 2]}) == _hash({"b": [1, 2], "a": 1})

    def test_tells_values_apart(self) -> None:
        bodies = [{}, {"a": 1}, {"a": "1"}, {"a": [1]}, {"a": [[1]]}, {"a": None}, {"a": {}}]
        bodies += [{"a": []}, {"a": [1, 2]}, {"a": [2, 1]}, {"a": [12]}, {"a": {"b": 1}}]

        assert len({_hash(body) for body in bodies}) == len(bodies)

    def test_tells_methods_and_paths_apart(self) -> None:
        assert _hash({}) != _hash({}, method="DELETE")
        assert _hash({}) != _hash({}, path="/api/y/")

    def test_counts_files_by_their_contents(self) -> None:
        def form(content: bytes) -> QueryDict:
            data = QueryDict("amount=1", mutable=True)
            files: MultiValueDict[str, object] = MultiValueDict(
                {"proof": [SimpleUploadedFile("p.pdf", content)]}
            )
            data.update(files)  # type: ignore[arg-type]  # as DRF merges files into the form
            return data

        assert _hash(form(b"one")) == _hash(form(b"one"))
        assert _hash(form(b"one")) != _hash(form(b"two"))

    def test_leaves_a_file_readable(self) -> None:
        upload = SimpleUploadedFile("p.pdf", b"one")

        _hash({"proof": upload})

        assert upload.read() == b"one"

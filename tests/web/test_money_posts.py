"""Every POST that moves money or makes a document has its effect once, whoever repeats it."""

from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant, current_tenant
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error
from tests.together import run_together
from tests.web.money_requests import CASES, NO_MONEY, URL, WITHOUT_KEY, Build, Sent
from tests.web.test_safe_writes import FORMS, NOBODY, Route, routes

POSTS = [route for route in routes("config.urls_tenant", "post") if route.path.startswith(URL)]
IDEMPOTENT = [route for route in POSTS if route.is_idempotent]
AT_ONCE = 6


def name_of(route: Route) -> str:
    """Return the address below /api/business/, ids as X."""
    return route.path.removeprefix(URL).replace(NOBODY, "X")


def client_of(name: str) -> PrsClient:
    """Return a client of a member of the cast of the organization at work."""
    return PrsClient.signed_in(person_named(name), tenant=current_tenant())


def send(sent: Sent, key: str, body: dict[str, Any] | None = None) -> Any:
    """Send a request under a key."""
    body = sent.fresh_body() if body is None else body
    return client_of(sent.who).post(sent.path, body, key=key, format=sent.form)


class TestEveryPostOfTheBusiness:
    def test_is_repeatable_or_says_why_it_need_not_be(self) -> None:
        without = {name_of(route) for route in POSTS if not route.is_idempotent}
        # `deals/` is answered by the view that also takes a payment, which is mounted first
        assert without - {name_of(route) for route in IDEMPOTENT} == set(WITHOUT_KEY)

    def test_of_money_and_documents_has_a_case(self) -> None:
        assert {name_of(route) for route in IDEMPOTENT} == set(CASES) | NO_MONEY
        assert not set(CASES) & NO_MONEY

    @pytest.mark.parametrize("path", sorted({route.path for route in IDEMPOTENT}))
    def test_repeats_even_a_refusal(self, as_olga: PrsClient, path: str) -> None:
        key, form = str(uuid4()), FORMS.get(path)
        first, again = (as_olga.post(path, {}, key=key, format=form) for _ in range(2))
        assert 400 <= first.status_code < 500
        assert (again.status_code, again.json()["error"]) == (
            first.status_code,
            first.json()["error"],
        )
        assert again.headers["Idempotent-Replayed"] == "true"
        other = error(as_olga.post(path, {"another": "thing"}, key=key, format=form), 422)
        assert other["code"] == "idempotency_mismatch"


@pytest.mark.parametrize("build", CASES.values(), ids=list(CASES))
class TestARequest:
    def test_has_its_effect_once(self, cast: None, build: Build) -> None:
        sent, key = build(), str(uuid4())
        before = EventRecord.objects.count()
        first = send(sent, key)
        assert first.status_code in (200, 201), first.json()
        after = EventRecord.objects.count()
        assert after > before
        again = send(sent, key)

        assert (again.status_code, again.json()["data"]) == (
            first.status_code,
            first.json()["data"],
        )
        assert again.headers["Idempotent-Replayed"] == "true"
        assert EventRecord.objects.count() == after
        refused = send(sent, key, sent.other)
        assert error(refused, 422)["code"] == "idempotency_mismatch"
        assert EventRecord.objects.count() == after


def answer_of(sent: Sent, key: str) -> tuple[int, bool, Any]:
    """Return status, whether it was a replay, and the body that counts."""
    answer = send(sent, key)
    body = answer.json()
    return (
        answer.status_code,
        answer.headers.get("Idempotent-Replayed") == "true",
        body.get("data") or body.get("error"),
    )


class TestSixAtOnce:
    def test_have_one_effect(self, fresh_tenant: Tenant) -> None:
        make_cast(at=utc_now())
        effects: dict[str, int] = {}
        for name, build in CASES.items():
            sent, key = build(), str(uuid4())
            works = [partial(answer_of, sent, key)] * AT_ONCE
            answers = run_together(fresh_tenant, works)
            failed = [each for each in answers if isinstance(each, BaseException)]
            assert failed == [], name
            assert {each[0] for each in answers} <= {200, 201, 409}, (name, answers)
            done = [each for each in answers if each[0] in (200, 201)]
            assert all(each[2] == done[0][2] for each in done), name
            waited = [each for each in answers if each[0] == 409]
            assert {each[2]["code"] for each in waited} <= {"request_still_running"}, name
            effects[name] = sum(not is_replay for _status, is_replay, _body in done)

        assert effects == dict.fromkeys(CASES, 1)

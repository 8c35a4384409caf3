"""Requests that go on while a sign-in is ended: none passes that began after the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

import pytest

from config.embedded.processes import wait_until
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import SignIn, SignInKind, User
from tenant_apps.accounts.services import (
    TokenPair,
    issue_tokens,
    open_sign_in,
    require_password_change,
    revoke_other_sign_ins,
    revoke_sign_in,
    sign_person_out,
    suspend_person,
)
from tests.cast import STAGEHAND
from tests.client import PrsClient
from tests.factories.accounts import PersonFactory
from tests.together import run_together

ME, REFRESH = "/api/auth/me/", "/api/auth/token/refresh/"
GOES_ON_S = 0.5

ENDS: dict[str, Callable[[SignIn], Any]] = {
    "revoked": lambda opened: revoke_sign_in(
        person=opened.user, sign_in_id=opened.pk, at=utc_now()
    ),
    "all others revoked": lambda opened: revoke_other_sign_ins(
        sign_in=_open(opened.user), at=utc_now()
    ),
    "signed out by an administrator": lambda opened: sign_person_out(
        user_id=opened.user_id, by=STAGEHAND, at=utc_now()
    ),
    "suspended": lambda opened: suspend_person(user_id=opened.user_id, by=STAGEHAND, at=utc_now()),
    "must change the password": lambda opened: require_password_change(
        user_id=opened.user_id, by=STAGEHAND, at=utc_now()
    ),
}


def _open(person: User) -> SignIn:
    return open_sign_in(person=person, kind=SignInKind.TOKEN, user_agent="", at=utc_now())


@dataclass
class Seen:
    """When each request began and what it was answered, and the newest pair of tokens.

    Whoever asks goes on for half a second after `ended_at`, however long that takes to come.
    """

    pair: TokenPair
    answers: list[tuple[float, int]] = field(default_factory=list)
    ended_at: float | None = None

    def goes_on(self) -> bool:
        """Return whether there is more to ask."""
        return self.ended_at is None or monotonic() < self.ended_at + GOES_ON_S

    def has_passed(self) -> bool:
        """Return whether a request was let through."""
        return any(status == 200 for _, status in list(self.answers))

    def ask(self, host: str) -> None:
        """Ask again and again with the newest access token."""
        while self.goes_on():
            began = monotonic()
            client = PrsClient(host=host, tokens=self.pair)
            self.answers.append((began, client.get(ME).status_code))

    def renew(self, host: str) -> None:
        """Exchange the refresh token again and again, as long as it is good."""
        while self.goes_on():
            began = monotonic()
            answer = PrsClient(host=host).post(REFRESH, {"refresh": self.pair.refresh})
            self.answers.append((began, answer.status_code))
            if answer.status_code != 200:
                return
            given = answer.json()["data"]
            self.pair = TokenPair(access=given["access"], refresh=given["refresh"])


@pytest.mark.parametrize("end", list(ENDS.values()), ids=list(ENDS))
def test_are_refused_from_the_moment_it_is_ended(
    end: Callable[[SignIn], Any], fresh_tenant: Tenant
) -> None:
    opened = _open(PersonFactory())
    seen = Seen(issue_tokens(sign_in=opened, at=utc_now()))

    def end_it() -> None:
        try:
            assert wait_until(seen.has_passed, timeout_s=20)
            end(opened)
        finally:
            seen.ended_at = monotonic()

    asking = [partial(seen.ask, fresh_tenant.host)] * 2
    outcomes = run_together(fresh_tenant, [end_it, partial(seen.renew, fresh_tenant.host), *asking])
    assert outcomes == [None] * 4, outcomes
    assert seen.ended_at is not None
    after = [status for began, status in seen.answers if began > seen.ended_at]
    assert after
    assert set(after) == {401}
    client = PrsClient(host=fresh_tenant.host, tokens=seen.pair)
    assert client.get(ME).status_code == 401
    assert client.post(REFRESH, {"refresh": seen.pair.refresh}).status_code == 401

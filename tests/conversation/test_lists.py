"""Every list of the API document costs as many queries for fifty rows as for one."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.client import PrsClient, ok
from tests.conversation.crowd import CROWD, Busy, gather
from tests.conversation.exchange import operations
from tests.histories.office import Office
from tests.queries import queries_of

# lists whose rows are given: a list that is not among these and has no crowd fails the test
FEW = frozenset(
    {
        "/api/admin/jobs/",
        "/api/admin/permissions/",
        "/api/admin/roles/",
        "/api/business/ledger/accounts/",
        "/api/business/ledger/trial-balance/",
        "/api/business/deals/{reference}/versions/{number}/diff/",
    }
)
# lists that are counted where their rows can be made
ELSEWHERE = {
    "/api/admin/mfa-resets/": "tests/access/test_mfa_resets.py",
    "/api/admin/operator-visits/": "tests/platform_admin/test_impersonation.py",
    "/api/admin/roles/{code}/usage/": "tests/access/test_people_api.py",
    "/api/admin/sso-connections/": "tests/sso/test_connections.py",
    "/api/auth/sso/": "tests/sso/test_connections.py",
    "/api/admin/service-accounts/": "tests/access/test_service_accounts.py",
    "/api/auth/api-keys/": "tests/access/test_api_keys.py",
    "/api/auth/sessions/": "tests/accounts/test_sessions.py",
    "/api/auth/passkeys/": "tests/accounts/test_passkeys.py",
    "/api/business/invoices/{reference}/links/": "tests/invoices/test_invoice_links.py",
    "/api/business/invoices/{reference}/mails/": "tests/invoices/test_send_invoice.py",
    "/api/business/invoices/aging/": "tests/invoices/test_aging.py",
    "/api/business/invoices/aging/totals/": "tests/invoices/test_aging.py",
    "/api/business/invoices/reminders/preview/": "tests/invoices/test_reminders.py",
    "/api/business/approval-policies/": "tests/approvals/test_policies_api.py",
    "/api/notifications/": "tests/notifications/test_api.py",
}


def lists() -> Iterator[str]:
    """Yield the path of every list."""
    for label, operation in operations().items():
        method, _, path = label.partition(" ")
        names = {each.name for each in operation.query}
        if method == "GET" and "page_size" in names:
            yield path


class TestLists:
    @pytest.mark.timeout(900)
    def test_cost_the_same_queries_for_1_and_50_rows(
        self, cast: None, as_olga: PrsClient, at_noon: datetime
    ) -> None:
        busy = gather(Office.opened(at=at_noon))
        found = {path: _look(as_olga, path, busy) for path in lists() if path not in ELSEWHERE}

        short = {path: rows for path, (rows, _, _) in found.items() if rows < _least(path)}
        assert not short, f"these lists have no crowd: {short}"
        dear = {path: (one, many) for path, (_, one, many) in found.items() if one != many}
        assert not dear, f"queries for 1 and for 50 rows: {dear}"

    @pytest.mark.parametrize(("path", "test"), ELSEWHERE.items())
    def test_are_counted_elsewhere_where_they_say(
        self, pytestconfig: pytest.Config, path: str, test: str
    ) -> None:
        assert path in set(lists())
        assert "queries_of" in (pytestconfig.rootpath / test).read_text(encoding="utf-8")


def _least(path: str) -> int:
    return 1 if path in FEW else CROWD


def _look(client: PrsClient, path: str, busy: Busy) -> tuple[int, int, int]:
    """Return how many rows a list has, and the queries for a page of one and of a crowd."""
    address = _address(path, busy)
    rows: list[Any] = ok(client.get(address, {"page_size": CROWD}))["results"]
    one, many = (
        queries_of(lambda size=size: client.get(address, {"page_size": size}))  # type: ignore[misc]
        for size in (1, CROWD)
    )
    return len(rows), one, many


def _address(path: str, busy: Busy) -> str:
    collection = path.partition("{")[0]
    whose = busy["versions"] if "/versions/" in path and "deals" in path else busy.get(collection)
    for parameter in ("{reference}", "{id}"):
        path = path.replace(parameter, str(whose))
    return path.replace("{number}", "2")

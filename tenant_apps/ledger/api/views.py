"""The ledger over HTTP: read only."""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.models import money_of
from shared_apps.tenancy.streaming import stream_response
from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    MONEY_SCHEMA,
    MoneyOut,
    OutputSerializer,
    QuerySerializer,
)
from shared_apps.web.views import ApiViewSet, parse_id
from tenant_apps.ledger import selectors
from tenant_apps.ledger.chart import AccountCode
from tenant_apps.ledger.exporting import Period, export_csv, export_json_lines
from tenant_apps.ledger.models import Posting

VIEW = "ledger.view"
CSV, JSON_LINES = "text/csv", "application/x-ndjson"
ACCOUNT: dict[str, Any] = {
    "code": "receivable",
    "name": "Receivables",
    "kind": "asset",
    "is_debit_positive": True,
}
ENTRY: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000050",
    "kind": "payment_verified",
    "event_id": "0197f1a0-0000-7000-8000-000000000051",
    "occurred_at": "2026-03-02T11:00:00Z",
    "posted_on": "2026-03-02",
    "memo": "PY-0001",
    "postings": [
        {
            "account": account,
            "side": side,
            "amount": {"amount": "400.00", "currency": "USD"},
            "client": "0197f1a0-0000-7000-8000-000000000001",
            "deal": "0197f1a0-0000-7000-8000-000000000002",
            "payment": "0197f1a0-0000-7000-8000-000000000006",
            "invoice": None,
        }
        for account, side in (("cash_clearing", "debit"), ("client_credit", "credit"))
    ],
}
TRIAL_BALANCE: dict[str, Any] = {
    "account": "receivable",
    "name": "Receivables",
    "debit": {"amount": "1000.00", "currency": "USD"},
    "credit": {"amount": "400.00", "currency": "USD"},
    "balance": {"amount": "600.00", "currency": "USD"},
}


class AccountOut(OutputSerializer):
    """An account; `is_debit_positive` says which side raises its balance."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    is_debit_positive = serializers.BooleanField()


@extend_schema_field(MONEY_SCHEMA)
class PostedAmount(serializers.Field[Any, Any, dict[str, str], Any]):
    """The amount of a posting, whichever side it is on."""

    def to_representation(self, posting: Posting) -> dict[str, str]:
        """Return the amount as money."""
        return money_of(posting.debit or posting.credit, posting.currency).as_json()


class PostingOut(OutputSerializer):
    """One side of an entry, and whom and what it concerns."""

    account = serializers.CharField(source="account_id")
    side = serializers.ChoiceField(choices=["debit", "credit"])
    amount = PostedAmount(source="*", read_only=True)
    client = serializers.UUIDField(source="client_id", allow_null=True)
    deal = serializers.UUIDField(source="deal_id", allow_null=True)
    payment = serializers.UUIDField(source="payment_id", allow_null=True)
    invoice = serializers.UUIDField(source="invoice_id", allow_null=True)


class EntryOut(OutputSerializer):
    """A movement with its postings; debits equal credits in each currency."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    event_id = serializers.UUIDField()
    occurred_at = serializers.DateTimeField()
    posted_on = serializers.DateField()
    memo = serializers.CharField()
    postings = PostingOut(many=True, source="postings.all")


class EntryQuery(QuerySerializer):
    """Which entries to list."""

    account = serializers.ChoiceField(choices=[code.value for code in AccountCode], required=False)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    kind = serializers.CharField(required=False, max_length=40)
    client = serializers.UUIDField(required=False)
    deal = serializers.UUIDField(required=False)
    payment = serializers.UUIDField(required=False)
    posted_from = serializers.DateField(required=False)
    posted_to = serializers.DateField(required=False)


class TrialBalanceQuery(QuerySerializer):
    """Up to which day to sum."""

    as_of = serializers.DateField(required=False)


class ExportQuery(QuerySerializer):
    """Which days to export; both belong to the file."""

    since = serializers.DateField()
    until = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        if attrs["until"] < attrs["since"]:
            raise serializers.ValidationError({"until": "The period ends before it begins."})
        return attrs


class TrialBalanceOut(OutputSerializer):
    """The sums of one account in one currency."""

    account = serializers.CharField()
    name = serializers.CharField()
    debit = MoneyOut()
    credit = MoneyOut()
    balance = MoneyOut(allow_negative=True)


class LedgerViewSet(ApiViewSet):
    """Accounts, entries and sums."""

    permissions: ClassVar = {
        "accounts": VIEW,
        "entries": VIEW,
        "entry": VIEW,
        "trial_balance": VIEW,
        "export_csv": VIEW,
        "export_json": VIEW,
    }
    confirmed_actions: ClassVar = frozenset({"export_csv", "export_json"})
    pagination: ClassVar = "cursor"

    @documented(response=AccountOut, many=True, example=ACCOUNT)
    def accounts(self, request: Request) -> Response:
        """List the chart of accounts."""
        return self.page(list(selectors.list_accounts()), AccountOut)

    @documented(response=EntryOut, many=True, query=EntryQuery, example=ENTRY)
    def entries(self, request: Request) -> Response:
        """List journal entries, newest first."""
        filters = selectors.EntryFilters(**_named(self.query(EntryQuery)))
        return self.page(selectors.list_entries(filters=filters), EntryOut)

    @documented(response=EntryOut, example=ENTRY)
    def entry(self, request: Request, pk: str) -> Response:
        """Show one journal entry."""
        return self.one(selectors.get_entry(entry_id=parse_id(pk)), EntryOut)

    @documented(response=TrialBalanceOut, many=True, query=TrialBalanceQuery, example=TRIAL_BALANCE)
    def trial_balance(self, request: Request) -> Response:
        """Sum every account in every currency; debits equal credits."""
        rows = selectors.trial_balance(**self.query(TrialBalanceQuery))
        return self.page(rows, TrialBalanceOut)

    @documented(response=OpenApiTypes.BINARY, query=ExportQuery, content_type=CSV)
    def export_csv(self, request: Request) -> HttpResponseBase:
        """Download the entries of a period as CSV, with balances and a check line."""
        return self._export(export_csv, CSV, "csv")

    @documented(response=OpenApiTypes.BINARY, query=ExportQuery, content_type=JSON_LINES)
    def export_json(self, request: Request) -> HttpResponseBase:
        """Download the entries of a period as JSON lines, with balances and a check line."""
        return self._export(export_json_lines, JSON_LINES, "jsonl")

    def _export(
        self, write: Callable[..., Iterator[bytes]], content_type: str, suffix: str
    ) -> HttpResponseBase:
        period = Period(**self.query(ExportQuery))
        response = stream_response(
            self.request._request,  # noqa: SLF001  the server's own request says how it is served
            write(period=period),
            content_type=content_type,
        )
        name = f"ledger-{period.since}-{period.until}.{suffix}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response


def _named(values: dict[str, Any]) -> dict[str, Any]:
    references = {"client": "client_id", "deal": "deal_id", "payment": "payment_id"}
    return {references.get(name, name): value for name, value in values.items()}

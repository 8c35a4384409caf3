"""A client's account over HTTP: standing, statement, and what happened."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.kernel.money import is_currency
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.activity import ACTIVITY_EXAMPLE, ActivityOut
from shared_apps.web.schema import documented
from shared_apps.web.serializers import MoneyOut, OutputSerializer, QuerySerializer
from shared_apps.web.views import ApiViewSet, parse_reference
from tenant_apps.clients.selectors import get_client
from tenant_apps.invoices import client_accounts as accounts
from tenant_apps.ledger.statements import statement_of
from tenant_apps.payments.standing import AccountStatus

if TYPE_CHECKING:
    from tenant_apps.clients.models import Client

STATUSES = [(status.value, status.value) for status in AccountStatus]
USD: dict[str, str] = {"currency": "USD"}
ACCOUNT_EXAMPLE: dict[str, Any] = {
    "status": "overdue",
    "balances": [
        {
            "outstanding": {"amount": "600.00", **USD},
            "overdue": {"amount": "100.00", **USD},
            "credit": {"amount": "0.00", **USD},
        }
    ],
    "in_review": [{"amount": "400.00", **USD}],
}
STATEMENT_EXAMPLE: dict[str, Any] = {
    "currency": "USD",
    "opening": {"amount": "0.00", **USD},
    "lines": [
        {
            "entry_id": "0197f1a0-0000-7000-8000-000000000021",
            "posted_on": "2026-03-02",
            "kind": "deal_won",
            "memo": "DL-0001 Solar roof",
            "amount": {"amount": "1000.00", **USD},
            "balance": {"amount": "1000.00", **USD},
        }
    ],
    "closing": {"amount": "1000.00", **USD},
}
STATUS_EXAMPLE: dict[str, Any] = {
    "id": "0197f1a0-0000-7000-8000-000000000001",
    "code": "CL-0001",
    "name": "Northwind",
    "account_status": "overdue",
}


class AccountBalanceOut(OutputSerializer):
    """What a client owes, how much of it past its day, and their credit, in one currency."""

    outstanding = MoneyOut()
    overdue = MoneyOut()
    credit = MoneyOut()


class ClientAccountOut(OutputSerializer):
    """A client's standing today."""

    status = serializers.ChoiceField(choices=STATUSES)
    balances = AccountBalanceOut(many=True)
    in_review = serializers.ListField(child=MoneyOut())


class StatementQuery(QuerySerializer):
    """Which part of the statement; the organization's currency unless said."""

    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    since = serializers.DateField(required=False, help_text="The first day of the period.")
    until = serializers.DateField(required=False, help_text="The last day of the period.")

    def validate_currency(self, currency: str) -> str:
        """Refuse a currency that does not exist."""
        if not is_currency(currency):
            raise serializers.ValidationError("There is no such currency.")
        return currency

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        since, until = attrs.get("since"), attrs.get("until")
        if since and until and since > until:
            raise serializers.ValidationError(
                {"since": [_("The first day must not lie after the last one.")]}
            )
        return attrs


class StatementLineOut(OutputSerializer):
    """One movement; a positive amount raises what the client owes."""

    entry_id = serializers.UUIDField()
    posted_on = serializers.DateField()
    kind = serializers.CharField()
    memo = serializers.CharField()
    amount = MoneyOut(allow_negative=True)
    balance = MoneyOut(allow_negative=True)


class StatementOut(OutputSerializer):
    """The movements of a period between two balances."""

    currency = serializers.CharField()
    opening = MoneyOut(allow_negative=True)
    lines = StatementLineOut(many=True)
    closing = MoneyOut(allow_negative=True)


class AccountStatusQuery(QuerySerializer):
    """Which clients."""

    status = serializers.ChoiceField(choices=STATUSES, required=False)


class AccountStatusOut(OutputSerializer):
    """A client with the status of its account."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = serializers.CharField()
    account_status = serializers.ChoiceField(choices=STATUSES)


class ClientAccountViewSet(ApiViewSet):
    """The money between us and a client, for those who may see the client's payments."""

    permissions: ClassVar = {
        "list": accounts.MONEY,
        "account": accounts.MONEY,
        "statement": accounts.MONEY,
        "activity": "clients.view",
    }

    @documented(response=AccountStatusOut, query=AccountStatusQuery, example=STATUS_EXAMPLE)
    def list(self, request: Request) -> Response:
        """List clients with the status of their account."""
        asked = self.query(AccountStatusQuery)
        clients = accounts.list_account_statuses(
            viewer=self.viewer, today=local_day_of(self.at), **asked
        )
        return self.page(clients, AccountStatusOut)

    @documented(response=ClientAccountOut, example=ACCOUNT_EXAMPLE)
    def account(self, request: Request, reference: str) -> Response:
        """Show where a client stands: owed, overdue and credited per currency."""
        client = self._client(reference, accounts.MONEY)
        account = accounts.account_of(client, today=local_day_of(self.at))
        return self.one(account, ClientAccountOut)

    @documented(response=StatementOut, query=StatementQuery, example=STATEMENT_EXAMPLE)
    def statement(self, request: Request, reference: str) -> Response:
        """Show a client's statement of account in one currency."""
        client = self._client(reference, accounts.MONEY)
        asked = {"currency": current_tenant().currency, **self.query(StatementQuery)}
        return self.one(statement_of(client.pk, **asked), StatementOut)

    @documented(response=ActivityOut, example=ACTIVITY_EXAMPLE, many=True)
    def activity(self, request: Request, reference: str) -> Response:
        """Show what happened to a client and to its deals and papers, newest first."""
        client = self._client(reference, "clients.view")
        return self.page(accounts.activity_of(client, viewer=self.viewer), ActivityOut)

    def _client(self, reference: str, permission: str) -> "Client":
        return get_client(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )

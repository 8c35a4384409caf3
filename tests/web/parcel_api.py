"""A small API of its own, to test what every API of the product stands on."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import connection
from django.http import Http404
from django.urls import path
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import unknown_path
from shared_apps.audit.models import EventRecord
from shared_apps.audit.recording import record
from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.errors import DomainError, StaleVersion
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.money import Money
from shared_apps.web.schema import documented
from shared_apps.web.serializers import (
    InputSerializer,
    MoneyField,
    OutputSerializer,
    QuerySerializer,
    RateField,
    SearchField,
)
from shared_apps.web.views import ApiViewSet, parse_reference
from tests.audit.parcels import ParcelSent


class ParcelRefused(DomainError):
    """The depot takes no such parcel."""

    code = "parcel_refused"
    status = 409
    message = "The depot takes no such parcel."


class ContentIn(InputSerializer):
    what = serializers.CharField(max_length=20)
    quantity = RateField()


class ParcelIn(InputSerializer):
    note = serializers.CharField(max_length=200, required=False)
    pieces = serializers.IntegerField(min_value=1, max_value=1000, required=False)
    price = MoneyField(allow_zero=False, required=False)
    contents = ContentIn(many=True, required=False)
    marks: serializers.ListField = serializers.ListField(
        child=serializers.CharField(max_length=20), required=False
    )
    sticker = serializers.FileField(required=False)


class ParcelChanges(InputSerializer):
    note = serializers.CharField(max_length=200)
    price = MoneyField()


class ParcelOut(OutputSerializer):
    id = serializers.IntegerField()
    note = serializers.CharField()
    price = MoneyField()
    status = serializers.CharField()


class SentOut(OutputSerializer):
    id = serializers.UUIDField()
    subject_id = serializers.UUIDField()
    recorded_at = serializers.DateTimeField()


class ParcelQuery(QuerySerializer):
    orderings = ("recorded_at",)
    search = SearchField()
    sent_on = serializers.DateField(required=False)


@dataclass
class ShelvedParcel:
    """A parcel as the detail view shows it."""

    note: str = "fragile"
    status: str = "packed"
    version: int = 3
    id: int = 7
    price: Money = field(default_factory=lambda: Money.of("12.5", "USD"))


def _execute(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, ["nul\x00"] if "%s" in statement else None)


BOOMS: dict[str, Any] = {
    "missing_row": EventRecord.DoesNotExist,
    "http404": Http404,
    "denied": PermissionDenied,
    "suspicious": SuspiciousOperation,
    "too_big": RequestDataTooBig,
    "throttled": lambda: exceptions.Throttled(wait=7),
    "not_signed_in": exceptions.NotAuthenticated,
    "bad_token": lambda: exceptions.AuthenticationFailed("expired", "token_not_valid"),
    "wrong_tenant": lambda: exceptions.AuthenticationFailed("elsewhere", "wrong_tenant"),
    "stale": StaleVersion,
    "refused": ParcelRefused,
    "bug": lambda: ZeroDivisionError("secret detail"),
}
STATEMENTS = {
    "out_of_range": ["SELECT 99999999999::integer"],
    "nul": ["SELECT %s::text"],
    "constraint": ["INSERT INTO audit_delivery (id) VALUES (gen_random_uuid())"],
    "syntax": ["SELEC 1"],
    "too_slow": ["SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)"],
}


class ParcelViewSet(ApiViewSet):
    """Parcels."""

    permissions = {
        "list": None,
        "create": None,
        "retrieve": None,
        "partial_update": None,
        "destroy": None,
        "boom": None,
        "refund": "payments.decide",
    }
    idempotent_actions = frozenset({"create"})

    @documented(response=SentOut, query=ParcelQuery, example={})
    def list(self, request: Request) -> Response:
        """List the sent parcels."""
        wanted = self.query(ParcelQuery)
        rows = list_events(EventFilters(name=ParcelSent.name))
        if wanted.get("ordering") == "recorded_at":
            rows = rows.order_by("recorded_at", "id")
        return self.page(rows, SentOut)

    @documented(request=ParcelIn, response=SentOut, status=201, example={})
    def create(self, request: Request) -> Response:
        """Send a parcel."""
        values = self.read(ParcelIn)
        row = record(
            ParcelSent(parcel_id=uuid7(), note=values.get("note")),
            actor=self.viewer.actor,
            at=self.at,
        )
        if values.get("note") in BOOMS:
            raise BOOMS[values["note"]]()
        return self.one(row, SentOut, status=HTTPStatus.CREATED)

    @documented(response=ParcelOut, example={})
    def retrieve(self, request: Request, pk: str) -> Response:
        """Show a parcel."""
        return self.one(_shelved(pk), ParcelOut)

    @documented(request=ParcelChanges, response=ParcelOut, example={})
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a parcel."""
        parcel = _shelved(pk)
        changes = self.read(ParcelChanges, current=ParcelOut(parcel))
        self.require_match(parcel.version)
        for name, value in changes.items():
            setattr(parcel, name, value)
        parcel.version += 1
        return self.one(parcel, ParcelOut)

    @documented()
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a parcel back."""
        return self.nothing()

    @documented(response=ParcelOut, example={})
    def boom(self, request: Request, pk: str) -> Response:
        """Fail in a way of its own."""
        if pk in STATEMENTS:
            _execute(*STATEMENTS[pk])
        raise BOOMS[pk]()

    @documented(response=ParcelOut, example={})
    def refund(self, request: Request, pk: str) -> Response:
        """Need a permission, and say which."""
        return self.one(ShelvedParcel(note=self.permission), ParcelOut)

    def forgotten(self, request: Request, pk: str) -> Response:
        """Stand in the URLs without a permission of its own."""
        return self.nothing()


def _shelved(pk: str) -> ShelvedParcel:
    reference = parse_reference(pk)
    if reference != "PC-0001":
        raise EventRecord.DoesNotExist
    return ShelvedParcel()


def _at(address: str, **actions: str) -> Any:
    return path(f"api/parcels/{address}", ParcelViewSet.as_view({**actions}))


urlpatterns = [
    _at("", get="list", post="create"),
    _at("<str:pk>/", get="retrieve", patch="partial_update", delete="destroy"),
    _at("<str:pk>/boom/", get="boom"),
    _at("<str:pk>/refund/", get="refund"),
    _at("<str:pk>/forgotten/", get="forgotten"),
    path("api/<path:path>", unknown_path),
]

"""Finding clients by what people remember."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.searching import matching
from tests.factories.clients import ClientFactory


@pytest.fixture(autouse=True)
def _clients(sam: User, at_noon: datetime) -> None:
    ClientFactory(
        name="Northwind Shipping",
        legal_name="Northwind Reederei GmbH",
        email="pay@nordwind.example",
        phone="+49 (40) 123-456",
        by=sam,
        at=at_noon,
    )
    ClientFactory(
        name="Müller & Söhne", legal_name="", email="", phone="0800 777", by=sam, at=at_noon
    )
    ClientFactory(name="100 % Bio", legal_name="", email="", by=sam, at=at_noon)


def found(text: str) -> list[str]:
    clients = matching(Client.objects.all(), text)
    return sorted(client.name.split()[0] for client in clients)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("northwind", ["Northwind"]),
        ("orthwi", ["Northwind"]),
        ("Nortwind", ["Northwind"]),
        ("nothwind shiping", ["Northwind"]),
        ("rederei", ["Northwind"]),
        ("pay@nord", ["Northwind"]),
        ("cl-0002", ["Müller"]),
        ("CL2", ["Müller"]),
        ("cl OOO2", ["Müller"]),
        ("pay@nordwnd.example", ["Northwind"]),
        ("pya@nordwind.example", ["Northwind"]),
        ("sales@southern.example", []),
        ("+49 40 123 457", ["Northwind"]),
        ("+1 555 987 6543", []),
        ("müller", ["Müller"]),
        ("Muller", ["Müller"]),
        ("40123456", ["Northwind"]),
        ("+49 40 123", ["Northwind"]),
        ("0049 40 123", ["Northwind"]),
        ("(040) 123", ["Northwind"]),
        ("0800777", ["Müller"]),
        ("100 %", ["100"]),
        ("%", ["100"]),
        ("_", []),
        ("xyzzy", []),
        ("no", ["Northwind"]),
        ("123", []),
        ("south", []),
        ("bright window", []),
    ],
)
def test_a_search_finds(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize("text", ["northwind", "+49 40 123", "pay@nord"])
def test_the_index_serves_every_condition(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as captured:
            list(matching(Client.objects.order_by(), text))
        sql = next(each["sql"] for each in captured if "clients_client" in each["sql"])
        cursor.execute(f"EXPLAIN {sql}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "client_search" in plan
    assert "Seq Scan" not in plan

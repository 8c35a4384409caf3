"""Every operation, asked well and badly by several people: no 5xx, nothing undocumented."""

import os
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case

from shared_apps.tenancy.context import Tenant
from tests.cast import person_named
from tests.client import PrsClient
from tests.conversation.exchange import (
    MODES,
    complaint_about,
    operations,
    requests_of,
    resource_of,
    send,
)
from tests.histories.office import Office
from tests.histories.opening import open_office

# `make fuzz` asks for more
EXAMPLES = int(os.environ.get("PRS_REQUESTS", "2"))
SEED = int(os.environ.get("PRS_HISTORIES_SEED", "1"))
SPEAKERS = ("olga", "sam", "vera", "fay", "theo", "audrey", "tim")
RESOURCES = sorted({resource_of(label) for label in operations()})

asked = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)


class Speakers:
    """People with an office of their own to ask about."""

    def __init__(self, tenant: Tenant) -> None:
        self._clients = {
            name: PrsClient.signed_in(person_named(name), tenant=tenant) for name in SPEAKERS
        }
        for client in self._clients.values():
            client.raise_request_exception = False
        self._known: dict[str, list[dict[str, Any]]] = {}

    def __getitem__(self, name: str) -> PrsClient:
        return self._clients[name]

    def known(self, path: str) -> dict[str, list[str]]:
        """Return what the first parameter of a path may be, from the list that it goes into."""
        collection, _, rest = path.partition("{")
        parameter = rest.partition("}")[0]
        if collection not in self._known:
            answer = self._clients["olga"].get(collection)
            data = answer.json()["data"] if answer.status_code == 200 else {}
            self._known[collection] = data.get("results", []) if isinstance(data, dict) else []
        names = ("code", "number", "id") if parameter == "reference" else (parameter,)
        rows = self._known[collection]
        found = [str(row[name]) for row in rows for name in names if row.get(name)]
        return {parameter: found} if found else {}


@pytest.fixture
def speakers(cast: None, acme: Tenant, at_noon: datetime) -> Speakers:
    """Several people, in an office after a day's work."""
    open_office(Office.opened(at=at_noon))
    return Speakers(acme)


class TestConversation:
    @pytest.mark.timeout(1800)
    @pytest.mark.parametrize("resource", RESOURCES)
    def test_has_no_5xx_and_nothing_undocumented(self, speakers: Speakers, resource: str) -> None:
        complaints: dict[str, str] = {}
        for label, operation in operations().items():
            if resource_of(label) == resource:
                for mode in _modes_of(operation):
                    _talk(operation, mode, speakers, complaints)
        told = "\n".join(f"{label}: {what}" for label, what in complaints.items())
        assert not complaints, f"\n{told}"


def _modes_of(operation: Any) -> list[str]:
    """Return the kinds of requests: what takes nothing cannot be asked in a wrong way."""
    takes = (operation.body, operation.query, operation.headers, operation.path_parameters)
    return [mode for mode in MODES if mode == "valid" or any(map(len, takes))]


def _talk(operation: Any, mode: str, speakers: Speakers, complaints: dict[str, str]) -> None:
    known = speakers.known(operation.path) if "{" in operation.path else {}

    @asked
    @seed(SEED)
    @given(case=requests_of(operation, mode), speaker=st.sampled_from(SPEAKERS), which=_numbers)
    def talk(case: Case[Any], speaker: str, which: int) -> None:
        named = {name: ids[which % len(ids)] for name, ids in known.items()}
        case.path_parameters = {**(case.path_parameters or {}), **named}
        with transaction.atomic():
            answer = send(case, client=speakers[speaker])
            transaction.set_rollback(True)
        complaint = complaint_about(case, answer)
        if complaint:
            key = f"{operation.label} -> {answer.status_code} to {speaker}"
            complaints.setdefault(key, f"{complaint} {case.as_curl_command()}"[:900])

    talk()


_numbers = st.integers(0, 11)

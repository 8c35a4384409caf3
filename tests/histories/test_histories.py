"""Whatever people do, in whatever order: M1 to M6, M13, M14 and the trial balance hold."""

import os
from datetime import datetime

import pytest
from django.db import IntegrityError

from shared_apps.kernel.errors import DomainError
from tests.client import PrsClient
from tests.histories.defects import PLANTS, Plant
from tests.histories.machine import play
from tests.histories.office import Office
from tests.histories.opening import open_office

# `make fuzz` asks for more histories, from other seeds
HISTORIES = int(os.environ.get("PRS_HISTORIES", "200"))
FIRST_SEED = int(os.environ.get("PRS_HISTORIES_SEED", "1"))
SHARE = 100
SEEDS_PER_SHARE = 1_000


@pytest.fixture
def office(cast: None, db: None, at_noon: datetime) -> Office:
    """An office after a day's work."""
    opened = Office.opened(at=at_noon)
    open_office(opened)
    return opened


class TestHistories:
    # a share of the histories each: the processes of a parallel run divide them
    @pytest.mark.timeout(1800)
    @pytest.mark.parametrize("share", range(-(-HISTORIES // SHARE)))
    def test_keep_every_rule(self, office: Office, share: int) -> None:
        first = FIRST_SEED + share * SEEDS_PER_SHARE
        seen = play(office, histories=min(SHARE, HISTORIES), first_seed=first)
        print(f"events: {dict(sorted(seen.items(), key=lambda each: each[1]))}")


class TestShownFigures:
    @pytest.mark.timeout(900)
    def test_are_those_of_the_books(self, office: Office, as_olga: PrsClient) -> None:
        play(office, histories=20, first_seed=FIRST_SEED + 77, reader=as_olga)


class TestPlantedDefects:
    @pytest.mark.parametrize("plant", PLANTS)
    def test_are_found(self, office: Office, monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
        plant(monkeypatch)
        with pytest.raises((AssertionError, IntegrityError, DomainError)):
            play(office, histories=SHARE, first_seed=FIRST_SEED)

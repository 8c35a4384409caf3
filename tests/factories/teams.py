"""Teams beside the cast's."""

from typing import Any

import factory

from shared_apps.kernel.clock import utc_now
from tenant_apps.teams.models import Team
from tenant_apps.teams.services import NewTeam, create_team
from tests.cast import STAGEHAND


class TeamFactory(factory.Factory[Team]):
    """A team without members."""

    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n:04}")
    at = factory.LazyFunction(utc_now)

    @classmethod
    def _create(cls, model_class: type[Team], *_args: Any, **given: Any) -> Team:
        at = given.pop("at")
        return create_team(new=NewTeam(**given), by=STAGEHAND, at=at)

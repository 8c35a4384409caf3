"""What happens to teams."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class TeamEvent(Event):
    """Something that happened to a team."""

    subject_type = "teams.team"
    subject_field = "team_id"

    team_id: UUID


@dataclass(frozen=True, kw_only=True)
class TeamCreated(TeamEvent):
    """A team was created."""

    name = "teams.team_created"


@dataclass(frozen=True, kw_only=True)
class TeamChanged(TeamEvent):
    """A team's name, description or lead changed."""

    name = "teams.team_changed"


@dataclass(frozen=True, kw_only=True)
class TeamArchived(TeamEvent):
    """A team left the lists."""

    name = "teams.team_archived"


@dataclass(frozen=True, kw_only=True)
class MemberAdded(TeamEvent):
    """A person joined a team from a day on."""

    name = "teams.member_added"

    user_id: UUID
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class MemberRemoved(TeamEvent):
    """A person belongs to a team no more from a day on."""

    name = "teams.member_removed"

    user_id: UUID
    valid_to: date

"""What can be done with teams."""

from tenant_apps.teams.services.members import (
    AlreadyMember,
    NotMember,
    add_member,
    leave_all_teams,
    remove_member,
)
from tenant_apps.teams.services.teams import (
    NewTeam,
    TeamNameTaken,
    archive_team,
    create_team,
    hand_over_teams,
    update_team,
)

__all__ = [
    "AlreadyMember",
    "NewTeam",
    "NotMember",
    "TeamNameTaken",
    "add_member",
    "archive_team",
    "create_team",
    "hand_over_teams",
    "leave_all_teams",
    "remove_member",
    "update_team",
]

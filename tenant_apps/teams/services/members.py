"""Who belongs to a team, from when to when."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, ValidationFailed
from shared_apps.kernel.events import Actor
from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.teams.events import MemberAdded, MemberRemoved
from tenant_apps.teams.models import TeamMembership
from tenant_apps.teams.services.teams import lock_team


class AlreadyMember(DomainError):
    """The person belongs to the team already at some time from that day on."""

    code = "already_member"
    message = "The person is a member of this team already."


class NotMember(DomainError):
    """The person does not belong to the team on that day."""

    code = "not_member"
    message = "The person is not a member of this team on that day."


@transaction.atomic
def add_member(
    *, team_id: UUID, user_id: UUID, valid_from: date, by: Actor, at: datetime
) -> TeamMembership:
    """Make a person a member from a day on. Locks the team; records MemberAdded.

    Raises: NotFound, AlreadyMember, ValidationFailed (unknown person).
    """
    team = lock_team(team_id)
    if user_id not in people_by_id([user_id]):
        raise ValidationFailed.at("/user_id", "There is no such person.", code="unknown_person")
    membership = TeamMembership(team=team, user_id=user_id, valid_from=valid_from)
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyMember from error
    event = MemberAdded(team_id=team.pk, user_id=user_id, valid_from=valid_from)
    record(event, actor=by, at=at)
    return membership


@transaction.atomic
def remove_member(*, team_id: UUID, user_id: UUID, valid_to: date, by: Actor, at: datetime) -> None:
    """End a membership: `valid_to` is the first day without it. Locks the team.

    A membership that would not have lasted a day, or is still to begin, is deleted. Records
    MemberRemoved.
    Raises: NotFound, NotMember.
    """
    team = lock_team(team_id)
    open_ones = TeamMembership.objects.filter(team=team, user_id=user_id, valid_to=None)
    membership = open_ones.first()
    if membership is None:
        raise NotMember
    if membership.valid_from >= valid_to:
        membership.delete()
    else:
        membership.valid_to = valid_to
        membership.save(update_fields=["valid_to"])
    event = MemberRemoved(team_id=team.pk, user_id=user_id, valid_to=valid_to)
    record(event, actor=by, at=at)


@transaction.atomic
def leave_all_teams(*, user_id: UUID, on: date, by: Actor, at: datetime) -> None:
    """End every open membership of a person: `on` is the first day without. Locks the teams by id.

    Those that are still to begin never do; archived teams keep theirs. Records MemberRemoved for
    each.
    """
    rows = TeamMembership.objects.filter(user_id=user_id, valid_to=None, team__archived_at=None)
    for team_id in rows.order_by("team_id").values_list("team_id", flat=True):
        remove_member(team_id=team_id, user_id=user_id, valid_to=on, by=by, at=at)

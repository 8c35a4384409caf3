"""Teams and who belonged to them when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from shared_apps.kernel.models import CHANGE_MARKS, Archivable, Entity, Row
from shared_apps.kernel.rights import Rights


class Team(Entity, Archivable):
    """A group of people with a lead. The name is unique among the teams that are not archived."""

    rights = Rights(
        update=(
            *CHANGE_MARKS,
            "archived_at",
            "name",
            "description",
            "external_id",
            "lead",
        )
    )

    name = models.CharField(max_length=100)
    description = models.CharField(max_length=500, blank=True)
    external_id = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001  unique, so absent is NULL
    lead = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, related_name="led_teams"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=Q(archived_at=None), name="team_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMembership(Row):
    """A person belongs to a team from `valid_from` to the day before `valid_to` (null: open).

    Back-dated moves are new rows: what a team earned belongs to it by the day.
    """

    rights = Rights(update=("valid_to",), delete=True)

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="team_memberships"
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="membership_ends_after_it_starts",
            ),
            ExclusionConstraint(
                name="membership_does_not_overlap",
                expressions=[
                    ("team", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            RangeBoundary(),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id}"

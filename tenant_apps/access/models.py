"""Roles of one organization, what they grant, and who has them."""

from django.db import models
from django.db.models import Q

from shared_apps.kernel.models import Archivable, Row
from shared_apps.kernel.rights import Rights
from tenant_apps.access.role_matrix import ScopeKind


class Role(Row, Archivable):
    """A named set of grants: built-in (from the role matrix) or the organization's own."""

    rights = Rights(update=("name", "description", "rank", "is_builtin", "version", "archived_at"))

    code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    rank = models.PositiveSmallIntegerField(default=100)
    is_builtin = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    def __str__(self) -> str:
        return self.code


class Grant(Row):
    """A permission of a role, and to whose objects it applies."""

    rights = Rights(delete=True)

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=100)
    scope = models.CharField(max_length=5, choices=[(kind.value, kind.value) for kind in ScopeKind])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="grant_once_per_role"),
            models.CheckConstraint(
                condition=Q(scope__in=[kind.value for kind in ScopeKind]),
                name="grant_scope_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.permission} ({self.scope})"


class RoleAssignment(Row):
    """A person has a role."""

    rights = Rights(delete=True)

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="role_assignments"
    )
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    assigned_by_id = models.UUIDField(null=True)
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} has {self.role_id}"


class SignInPolicy(models.Model):
    """The organization's own rule on second factors; without the row the product's holds."""

    rights = Rights(update=("roles", "grace_days", "version"))

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    roles = models.JSONField(default=list)
    grace_days = models.PositiveSmallIntegerField(default=7)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="sign_in_policy_is_one"),
            models.CheckConstraint(
                condition=Q(grace_days__lte=90), name="sign_in_policy_grace_is_bounded"
            ),
        ]

    def __str__(self) -> str:
        return "sign-in policy"

"""Writes of commission, by verb: plans, versions, assignments, accrual, and the proof of it."""

from tenant_apps.commissions.services.accrual import accrue_commission
from tenant_apps.commissions.services.approval import (
    NoOtherApprover,
    VersionNeedsAnotherApprover,
    VersionNotInReview,
    VersionStartsTooEarly,
    approve_version,
)
from tenant_apps.commissions.services.assignments import (
    AssignmentNotOpen,
    AssignmentOverlaps,
    NewAssignment,
    OwnCommissionRefused,
    assign_payee,
    end_assignment,
)
from tenant_apps.commissions.services.plans import (
    NewComponent,
    NewVersion,
    PlanNameTaken,
    VersionNotDraft,
    change_version,
    create_plan,
    draft_version,
    submit_version,
)
from tenant_apps.commissions.services.recompute import (
    Difference,
    Recomputation,
    read_consistently,
    recompute_all,
)

__all__ = [
    "AssignmentNotOpen",
    "AssignmentOverlaps",
    "Difference",
    "NewAssignment",
    "NewComponent",
    "NewVersion",
    "NoOtherApprover",
    "OwnCommissionRefused",
    "PlanNameTaken",
    "Recomputation",
    "VersionNeedsAnotherApprover",
    "VersionNotDraft",
    "VersionNotInReview",
    "VersionStartsTooEarly",
    "accrue_commission",
    "approve_version",
    "assign_payee",
    "change_version",
    "create_plan",
    "draft_version",
    "end_assignment",
    "read_consistently",
    "recompute_all",
    "submit_version",
]

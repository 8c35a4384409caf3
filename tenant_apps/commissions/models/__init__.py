"""Tables of commission: plans and who is on them; credits, ladders and lines."""

from tenant_apps.commissions.models.lines import (
    CollectedCredit,
    CommissionLine,
    LadderHead,
    LadderKey,
)
from tenant_apps.commissions.models.plans import (
    Assignment,
    CommissionPlan,
    Component,
    PlanVersion,
)

__all__ = [
    "Assignment",
    "CollectedCredit",
    "CommissionLine",
    "CommissionPlan",
    "Component",
    "LadderHead",
    "LadderKey",
    "PlanVersion",
]

"""Hand over what a person works on."""

from tenant_apps.deals.services import CreditsThemselves
from tenant_apps.handovers.services.carrying_out import carry_out_due, carry_out_hand_over
from tenant_apps.handovers.services.planning import (
    HandOverAlreadyPlanned,
    HandOverNotPlanned,
    NewHandOver,
    cancel_hand_over,
    plan_hand_over,
)

__all__ = [
    "CreditsThemselves",
    "HandOverAlreadyPlanned",
    "HandOverNotPlanned",
    "NewHandOver",
    "cancel_hand_over",
    "carry_out_due",
    "carry_out_hand_over",
    "plan_hand_over",
]

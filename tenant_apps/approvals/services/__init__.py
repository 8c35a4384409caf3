"""Writes of approvals: policies, requests, decisions, parties."""

from tenant_apps.approvals.conditions import Conditions, Facts
from tenant_apps.approvals.models import FailureReason, RequestStatus, Side, Verdict
from tenant_apps.approvals.services.deciding import (
    AlreadyDecided,
    ContentChanged,
    DecisionNeedsReason,
    NewDecision,
    NotADecider,
    Outcome,
    VerifiedAmountRefused,
    decide,
)
from tenant_apps.approvals.services.leases import NewLease, end_lease, take_lease
from tenant_apps.approvals.services.parties import (
    MakerIsChecker,
    add_interested,
    add_parties,
    add_party,
)
from tenant_apps.approvals.services.policies import (
    DECIDED_BY,
    PAYMENT,
    LastPolicyKept,
    NewPolicy,
    NewStep,
    PolicyNotProposed,
    approve_policy,
    create_policy,
    deciding_permissions,
    retire_policy,
    seed_policies,
)
from tenant_apps.approvals.services.requests import (
    NewRequest,
    NoPolicyFits,
    close_request,
    open_request,
    renew_request,
)

__all__ = [
    "DECIDED_BY",
    "PAYMENT",
    "AlreadyDecided",
    "Conditions",
    "ContentChanged",
    "DecisionNeedsReason",
    "Facts",
    "FailureReason",
    "LastPolicyKept",
    "MakerIsChecker",
    "NewDecision",
    "NewLease",
    "NewPolicy",
    "NewRequest",
    "NewStep",
    "NoPolicyFits",
    "NotADecider",
    "Outcome",
    "PolicyNotProposed",
    "RequestStatus",
    "Side",
    "Verdict",
    "VerifiedAmountRefused",
    "add_interested",
    "add_parties",
    "add_party",
    "approve_policy",
    "close_request",
    "create_policy",
    "decide",
    "deciding_permissions",
    "end_lease",
    "open_request",
    "renew_request",
    "retire_policy",
    "seed_policies",
    "take_lease",
]

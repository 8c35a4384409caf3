"""From collected money to commission lines."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor, Occurrence
from shared_apps.kernel.money import Money
from shared_apps.organizations.selectors import local_day_of
from tenant_apps.commissions.calculation import (
    credited_parts,
    ladder_period_of,
    month_of,
    net_collected,
)
from tenant_apps.commissions.events import CommissionAccrued
from tenant_apps.commissions.explanation import (
    CollectedFacts,
    LadderFacts,
    evaluate,
    explain_line,
)
from tenant_apps.commissions.models import CollectedCredit, CommissionLine, LadderHead, LadderKey
from tenant_apps.commissions.selectors import (
    PayableComponent,
    components_in_force,
    heads_in_key_order,
    last_credit_of,
)
from tenant_apps.deals.reporting import current_amounts
from tenant_apps.deals.selectors import CreditedShare, credited_shares
from tenant_apps.payments.events import PaymentApplied


@dataclass(frozen=True, slots=True)
class Claim:
    """One payee's credit under one component: what a ladder is about to take."""

    credit: CollectedCredit
    payable: PayableComponent

    @property
    def key(self) -> LadderKey:
        """Return the key of the ladder, by whose order ladders are locked."""
        version = self.payable.version
        return LadderKey(
            period=ladder_period_of(self.credit.commission_on, length=version.ladder_period),
            currency=self.credit.currency,
            payee_id=self.credit.payee_id,
            component_id=self.payable.component.pk,
            plan_version_id=version.pk,
        )


@transaction.atomic(savepoint=False)
def accrue_commission(*, applied: PaymentApplied, occurrence: Occurrence) -> list[CommissionLine]:
    """Credit what a payment collected and pay each credited person their commission on it.

    Runs under the deal's lock; locks the ladders in key order. A person without a plan on the
    commission day is credited and gets no line. Records CommissionAccrued per line.
    Source of the rule: design M2 and M6.
    """
    facts, shares = _collect(applied, occurrence)
    credited = _credit(applied, occurrence, facts, shares)
    claims = _claims(credited)
    heads = _lock_heads(sorted(claims))
    lines = [next_line(heads[key], claims[key], facts) for key in sorted(claims)]
    CommissionLine.objects.bulk_create(lines)
    LadderHead.objects.bulk_update(heads.values(), ["last_seq", "base", "accrued"])
    _tell(lines, occurrence)
    return lines


def _collect(
    applied: PaymentApplied, occurrence: Occurrence
) -> tuple[CollectedFacts, Sequence[CreditedShare]]:
    terms = current_amounts(applied.deal_id)
    shares = credited_shares(applied.deal_id, on=applied.commission_day)
    last = last_credit_of(applied.deal_id)
    nothing = Money.zero(applied.currency)
    facts = CollectedFacts(
        event_id=occurrence.event_id,
        deal_id=applied.deal_id,
        deal_version_id=terms.version_id,
        applied_before=last.applied_after_money if last else nothing,
        applied=Money(applied.amount, applied.currency),
        deal_net=terms.net,
        deal_total=terms.total,
        net_before=last.net_after_money if last else nothing,
        deal_seq=last.deal_seq + 1 if last else 1,
        shares=tuple(share.share_percent for share in shares),
    )
    return facts, shares


def _credit(
    applied: PaymentApplied,
    occurrence: Occurrence,
    facts: CollectedFacts,
    shares: Sequence[CreditedShare],
) -> list[CollectedCredit]:
    applied_after = facts.applied_before + facts.applied
    net_after = net_collected(applied=applied_after, net=facts.deal_net, total=facts.deal_total)
    parts = credited_parts(before=facts.net_before, after=net_after, shares=facts.shares)
    return CollectedCredit.objects.bulk_create(
        CollectedCredit(
            event_id=occurrence.event_id,
            deal_id=applied.deal_id,
            deal_version_id=facts.deal_version_id,
            payment_id=applied.payment_id,
            payee_id=share.user_id,
            deal_seq=facts.deal_seq,
            position=position,
            share_percent=share.share_percent,
            applied_after=applied_after.amount,
            net_after=net_after.amount,
            base=part.amount,
            currency=applied.currency,
            commission_on=applied.commission_day,
            applied_on=local_day_of(occurrence.recorded_at),
        )
        for position, (share, part) in enumerate(zip(shares, parts, strict=True))
    )


def _claims(credited: Iterable[CollectedCredit]) -> dict[LadderKey, Claim]:
    by_payee = {credit.payee_id: credit for credit in credited}
    first = next(iter(by_payee.values()))
    payables = components_in_force(by_payee, on=first.commission_on)
    claims = [Claim(by_payee[payable.payee_id], payable) for payable in payables]
    return {claim.key: claim for claim in claims}


def _lock_heads(keys: Sequence[LadderKey]) -> dict[LadderKey, LadderHead]:
    """Return the ladders of the keys, made where they are missing, locked in key order.

    Two first sources of one ladder race on its unique key: the second waits there, inserts nothing
    and then reads what the first one left.
    """
    LadderHead.objects.bulk_create(
        (LadderHead(**key._asdict()) for key in keys), ignore_conflicts=True
    )
    locked = heads_in_key_order(keys).select_for_update(no_key=True, of=("self",))
    return {head.key: head for head in locked}


def next_line(head: LadderHead, claim: Claim, facts: CollectedFacts) -> CommissionLine:
    """Return the ladder's next line and move its head past it."""
    credit, payable = claim.credit, claim.payable
    # money taken back is paid back now, on the ladder that paid for it then
    day = credit.applied_on if facts.applied.amount < 0 else credit.commission_on
    tree = explain_line(facts, position=credit.position, ladder=ladder_facts(head, payable))
    amount = evaluate(tree)
    head.last_seq += 1
    head.base = (head.base_money + credit.money).amount
    head.accrued = (head.accrued_money + amount).amount
    return CommissionLine(
        payee_id=credit.payee_id,
        component=payable.component,
        plan_version=payable.version,
        ladder_head=head,
        ladder_seq=head.last_seq,
        deal_id=credit.deal_id,
        payment_id=credit.payment_id,
        event_id=credit.event_id,
        period=month_of(day),
        commission_on=day,
        share_percent=credit.share_percent,
        base_delta=credit.base,
        amount=amount.amount,
        currency=credit.currency,
        explanation=tree,
    )


def ladder_facts(head: LadderHead, payable: PayableComponent) -> LadderFacts:
    """Return where the ladder stands before its next line, and the terms that apply to it."""
    return LadderFacts(
        ladder_head_id=head.pk,
        ladder_seq=head.last_seq + 1,
        base_before=head.base_money,
        accrued_before=head.accrued_money,
        component_id=payable.component.pk,
        rate_percent=payable.component.rate_percent,
        rounding=payable.version.rounding,
    )


def _tell(lines: Iterable[CommissionLine], occurrence: Occurrence) -> None:
    actor = replace(Actor.system("commissions"), on_behalf_of=occurrence.actor.label)
    for line in lines:
        accrued = CommissionAccrued(
            line_id=line.pk,
            payee_id=line.payee_id,
            deal_id=line.deal_id,
            payment_id=line.payment_id,
        )
        after: Mapping[str, object] = {"amount": line.money, "base": line.base_money}
        record(accrued, actor=actor, at=occurrence.recorded_at, after=after)

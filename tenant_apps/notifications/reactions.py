"""Who hears of what. Each runs in a worker after the commit, and telling twice is telling once."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from shared_apps.kernel.errors import PermissionRefused
from shared_apps.kernel.events import Occurrence, reaction
from shared_apps.kernel.money import Money
from shared_apps.organizations.events import OrganizationChanged
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import is_platform
from tenant_apps.access.events import RoleAssigned, RoleChanged
from tenant_apps.access.scopes import has_permission, people_with
from tenant_apps.access.selectors import is_deciding_role, people_in_role, role_name
from tenant_apps.accounts.events import ImpersonationBegun
from tenant_apps.accounts.selectors import get_impersonation, get_person, person_label
from tenant_apps.approvals.selectors import deciders_of
from tenant_apps.clients.selectors import clients_by_id
from tenant_apps.commissions.events import CommissionAccrued
from tenant_apps.commissions.selectors import get_line
from tenant_apps.commissions.sources import is_taken_back, sources_of
from tenant_apps.deals.events import DiscountApproved, DiscountRejected, DiscountRequested
from tenant_apps.deals.selectors import (
    DealTerms,
    DiscountFacts,
    credited_shares,
    deal_terms,
    discount_facts,
)
from tenant_apps.handovers.events import WorkHandedOver
from tenant_apps.handovers.selectors import hand_over_facts
from tenant_apps.invoices.events import (
    InstalmentDueSoon,
    InstalmentEvent,
    InstalmentOverdue,
    InvoiceDrafted,
    InvoiceMailFailed,
)
from tenant_apps.invoices.selectors import find_mail, get_invoice
from tenant_apps.notifications.messages import Message
from tenant_apps.notifications.services import notify
from tenant_apps.payments.events import (
    PaymentAssigned,
    PaymentChangesRequested,
    PaymentEvent,
    PaymentRejected,
    PaymentReviewOverdue,
    PaymentUnverified,
    PaymentVerified,
)
from tenant_apps.payments.selectors import PaymentFacts, payment_facts
from tenant_apps.returns.events import ReturnApproved, ReturnRejected, ReturnRequested
from tenant_apps.returns.selectors import return_facts

if TYPE_CHECKING:
    from tenant_apps.commissions.models import CommissionLine
    from tenant_apps.invoices.models import Invoice


@reaction("notifications.tell_verifiers")
def tell_verifiers(event: PaymentEvent, occurrence: Occurrence) -> None:
    """Tell everyone who may decide a submitted payment that it waits."""
    payment = payment_facts(event.payment_id)
    message = _payment_message(
        "payment_submitted",
        payment,
        maker=person_label(payment.maker_id),
        method=payment.method.replace("_", " "),
    )
    _tell(deciders_of(event.payment_id), message, occurrence)


@reaction("notifications.tell_assigned_reviewer")
def tell_assigned_reviewer(event: PaymentAssigned, occurrence: Occurrence) -> None:
    """Tell a reviewer that somebody else gave them a payment."""
    if occurrence.actor.id == str(event.reviewer_id):
        return
    payment = payment_facts(event.payment_id)
    until = f"{event.until:%Y-%m-%d %H:%M} UTC"
    message = _payment_message("payment_assigned", payment, by=occurrence.actor.label, until=until)
    _tell([event.reviewer_id], message, occurrence)


@reaction("notifications.tell_review_overdue")
def tell_review_overdue(event: PaymentReviewOverdue, occurrence: Occurrence) -> None:
    """Tell everyone who may decide a payment, or assign it, that it waits too long."""
    payment = payment_facts(event.payment_id)
    concerned = {*deciders_of(event.payment_id), *people_with("payments.assign")}
    _tell(concerned, _payment_message("payment_overdue", payment), occurrence)


@reaction("notifications.tell_owner_payment_verified")
def tell_owner_payment_verified(event: PaymentVerified, occurrence: Occurrence) -> None:
    """Tell the maker of a payment, its deal's owner and the credited that the money is there."""
    payment = payment_facts(event.payment_id)
    concerned = {payment.maker_id}
    if payment.deal_id is not None:
        concerned.add(deal_terms(payment.deal_id).owner_id)
        shares = credited_shares(payment.deal_id, on=local_day_of(occurrence.recorded_at))
        concerned |= {share.user_id for share in shares}
    _tell(concerned, _payment_message("payment_verified", payment), occurrence)


@reaction("notifications.tell_maker_decision")
def tell_maker_decision(
    event: PaymentRejected | PaymentChangesRequested, occurrence: Occurrence
) -> None:
    """Tell the maker why a payment was rejected or came back."""
    kind = "payment_rejected" if isinstance(event, PaymentRejected) else "payment_changes_requested"
    payment = payment_facts(event.payment_id)
    _tell([payment.maker_id], _payment_message(kind, payment, reason=event.reason), occurrence)


@reaction("notifications.tell_return_deciders")
def tell_return_deciders(event: ReturnRequested, occurrence: Occurrence) -> None:
    """Tell everyone who may decide on a refund, write-off, recovery or the like that it waits."""
    _tell(
        deciders_of(event.return_id),
        _return_message("return_requested", event.return_id, maker=occurrence.actor.label),
        occurrence,
    )


@reaction("notifications.tell_requester_decision")
def tell_requester_decision(event: ReturnApproved | ReturnRejected, occurrence: Occurrence) -> None:
    """Tell whoever asked for a return what was decided."""
    verdict = "approved" if isinstance(event, ReturnApproved) else "rejected"
    message = _return_message("return_decided", event.return_id, verdict=verdict)
    _tell([return_facts(event.return_id).requested_by_id], message, occurrence)


def _return_message(kind: str, return_id: UUID, **more: str) -> Message:
    facts = return_facts(return_id)
    params = {
        "code": facts.code,
        "kind": facts.kind.replace("_", "-"),
        "amount": str(facts.money),
        "client": _client_name(facts.client_id),
        **more,
    }
    return Message(kind=kind, params=params, link=f"/returns/{facts.code}/")


@reaction("notifications.tell_successor")
def tell_successor(event: WorkHandedOver, occurrence: Occurrence) -> None:
    """Tell a person whose work they go on with."""
    facts = hand_over_facts(event.hand_over_id)
    params = {
        "code": facts.code,
        "leaver": facts.leaver,
        "deals": str(facts.deals),
        "clients": str(facts.clients),
        "reason": facts.reason,
    }
    message = Message(kind="work_handed_over", params=params, link="/deals/")
    _tell([event.successor_id], message, occurrence)


@reaction("notifications.tell_discount_deciders")
def tell_discount_deciders(event: DiscountRequested, occurrence: Occurrence) -> None:
    """Tell everyone who may decide on a discount above the limit that it waits."""
    facts = discount_facts(event.request_id)
    maker = occurrence.actor.label
    message = _discount_message("discount_requested", facts, maker=maker, amount=str(facts.total))
    _tell(facts.decider_ids, message, occurrence)


@reaction("notifications.tell_discount_requester")
def tell_discount_requester(
    event: DiscountApproved | DiscountRejected, occurrence: Occurrence
) -> None:
    """Tell whoever asked for a discount what was decided."""
    verdict = "approved" if isinstance(event, DiscountApproved) else "rejected"
    facts = discount_facts(event.request_id)
    message = _discount_message("discount_decided", facts, verdict=verdict)
    _tell([facts.requested_by_id], message, occurrence)


def _discount_message(kind: str, facts: DiscountFacts, **more: str) -> Message:
    params = {"code": facts.deal_code, "deal": facts.deal_name, "discount": facts.discount, **more}
    return Message(kind=kind, params=params, link=f"/deals/{facts.deal_code}/")


@reaction("notifications.tell_payee_commission_accrued")
def tell_payee_commission_accrued(event: CommissionAccrued, occurrence: Occurrence) -> None:
    """Tell a person what a payment earned them, or what money that went back takes from it.

    Not where their roles hide commission from them.
    """
    payee = get_person(event.payee_id)
    if not has_permission(payee, "commissions.view"):
        return
    line = get_line(line_id=event.line_id, viewer=payee)
    told = _taken_back(line) if is_taken_back(line) else _earned(line)
    link = f"/commissions/lines/{event.line_id}/"
    _tell([event.payee_id], Message(kind=told[0], params=told[1], link=link), occurrence)


def _earned(line: "CommissionLine") -> tuple[str, dict[str, str]]:
    params = {"amount": str(line.money), "payment": line.payment.code, "deal": line.deal.code}
    return "commission_accrued", params


def _taken_back(line: "CommissionLine") -> tuple[str, dict[str, str]]:
    kind, code = _cause_of(line)
    params = {"amount": str(-line.money), "kind": kind, "code": code, "deal": line.deal.code}
    return "commission_taken_back", params


def _cause_of(line: "CommissionLine") -> tuple[str, str]:
    """Return what took the money of a line back: what it is in words, and its code."""
    source = sources_of([line]).get(line.pk)
    if source and source.returned:
        return source.returned.kind, source.returned.code
    if source and source.notes:
        return "credit note", source.notes[0].number
    return "return", line.payment.code


@reaction("notifications.tell_finance_invoice_draft")
def tell_finance_invoice_draft(event: InvoiceDrafted, occurrence: Occurrence) -> None:
    """Tell those who may issue the invoice that it could not be issued by itself, and why."""
    found = {
        person_id: find_invoice_for(person_id, event.invoice_id)
        for person_id in people_with("invoices.issue")
    }
    issuers = {person_id: invoice for person_id, invoice in found.items() if invoice is not None}
    for invoice in list(issuers.values())[:1]:
        message = Message(
            kind="invoice_drafted",
            params={"client": invoice.client.name, "reason": event.reason},
            link=f"/invoices/{event.invoice_id}/",
        )
        _tell(issuers, message, occurrence)


@reaction("notifications.tell_impersonation")
def tell_impersonation(event: ImpersonationBegun, occurrence: Occurrence) -> None:
    """Tell those who read the audit log, and the person, that an operator acts as the person."""
    if is_platform():  # the same event stands there, and nobody of the organization
        return
    visit = get_impersonation(event.impersonation_id)
    message = Message(
        kind="operator_visit",
        params={
            "operator": visit.operator_label,
            "person": visit.person_label,
            "until": f"{visit.ends_at:%Y-%m-%d %H:%M} UTC",
            "reason": visit.reason,
        },
        link="/operator-visits/",
    )
    _tell({event.person_id, *people_with("people.manage")}, message, occurrence)


@reaction("notifications.tell_approver_made")
def tell_approver_made(event: RoleAssigned, occurrence: Occurrence) -> None:
    """Tell all administrators that somebody may decide from now on what others made."""
    if not is_deciding_role(event.role):
        return
    params = {
        "by": occurrence.actor.label,
        "person": person_label(event.user_id),
        "role": role_name(event.role),
    }
    message = Message(kind="approver_made", params=params, link=f"/people/{event.user_id}/")
    _tell(people_with("roles.manage"), message, occurrence)


@reaction("notifications.tell_tolerance_raised")
def tell_tolerance_raised(event: OrganizationChanged, occurrence: Occurrence) -> None:
    """Tell finance and administrators that more of a deal is given up by itself from now on."""
    if not event.tolerance_raised:
        return
    params = {"by": occurrence.actor.label, "amount": event.tolerance_raised}
    message = Message(kind="tolerance_raised", params=params, link="/settings/money/")
    people = {*people_with("returns.request"), *people_with("settings.manage")}
    _tell(people, message, occurrence)


@reaction("notifications.tell_role_approves")
def tell_role_approves(event: RoleChanged, occurrence: Occurrence) -> None:
    """Tell all administrators that a role decides more from now on, when somebody has it."""
    holders = people_in_role(event.role_id) if event.gained else []
    if not holders:
        return
    params = {
        "by": occurrence.actor.label,
        "role": role_name(event.role),
        "count": str(len(holders)),
    }
    message = Message(kind="role_approves", params=params, link=f"/roles/{event.role}/")
    _tell(people_with("roles.manage"), message, occurrence)


@reaction("notifications.tell_payment_unverified")
def tell_payment_unverified(event: PaymentUnverified, occurrence: Occurrence) -> None:
    """Tell whoever may decide a payment, and its maker, that it has waited for a day."""
    payment = payment_facts(event.payment_id)
    concerned = {payment.maker_id, *deciders_of(event.payment_id)}
    _tell(concerned, _payment_message("payment_unverified", payment), occurrence)


@reaction("notifications.tell_instalment_due_soon")
def tell_instalment_due_soon(event: InstalmentDueSoon, occurrence: Occurrence) -> None:
    """Tell the owner of a deal what is due soon."""
    terms = deal_terms(event.deal_id)
    _tell([terms.owner_id], _instalment_message("instalment_due_soon", terms, event), occurrence)


@reaction("notifications.tell_instalment_overdue")
def tell_instalment_overdue(event: InstalmentOverdue, occurrence: Occurrence) -> None:
    """Tell the owner of a deal and those who issue invoices what was not paid in time."""
    terms = deal_terms(event.deal_id)
    concerned = {terms.owner_id, *people_with("invoices.issue")}
    _tell(concerned, _instalment_message("instalment_overdue", terms, event), occurrence)


def _instalment_message(kind: str, terms: DealTerms, event: InstalmentEvent) -> Message:
    params = {
        "deal": terms.code,
        "amount": str(Money.of(event.amount, event.currency)),
        "client": _client_name(terms.client_id),
        "day": event.due_on.isoformat(),
    }
    return Message(kind=kind, params=params, link=f"/deals/{terms.code}/")


@reaction("notifications.tell_mail_failed")
def tell_mail_failed(event: InvoiceMailFailed, occurrence: Occurrence) -> None:
    """Tell whoever asked for a mail, or those who issue invoices, that it was refused."""
    mail = find_mail(event.mail_id)
    params = {
        "number": mail.invoice.number or "",
        "client": mail.invoice.client.name,
        "recipient": mail.recipient,
        "reason": mail.error,
    }
    concerned = [mail.requested_by_id] if mail.requested_by_id else people_with("invoices.issue")
    link = f"/invoices/{mail.invoice_id}/"
    _tell(concerned, Message(kind="mail_failed", params=params, link=link), occurrence)


def find_invoice_for(person_id: UUID, invoice_id: UUID) -> "Invoice | None":
    """Return the invoice when it is within the scope in which the person may issue, else None."""
    viewer = get_person(person_id)
    try:
        return get_invoice(reference=invoice_id, viewer=viewer, permission="invoices.issue")
    except (PermissionRefused, ObjectDoesNotExist):
        return None


def _tell(people: Iterable[UUID], message: Message, occurrence: Occurrence) -> None:
    notify(
        recipients=people, event_id=occurrence.event_id, message=message, at=occurrence.recorded_at
    )


def _payment_message(kind: str, payment: PaymentFacts, **more: str) -> Message:
    params = {
        "code": payment.code,
        "amount": str(_amount_of(payment)),
        "client": _client_name(payment.client_id),
        **more,
    }
    return Message(kind=kind, params=params, link=f"/payments/{payment.code}/")


def _amount_of(payment: PaymentFacts) -> Money:
    return payment.verified_amount or payment.amount


def _client_name(client_id: UUID) -> str:
    return clients_by_id([client_id])[client_id].name

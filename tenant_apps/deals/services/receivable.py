"""What a deal puts into the ledger: its price, what an amendment changes, and taking it back.

Each posts one entry at most, in the transaction of the event it follows from.
"""

from datetime import datetime
from uuid import UUID

from shared_apps.kernel.models import money_of
from shared_apps.kernel.money import Money
from tenant_apps.deals.models import Deal, DealVersion
from tenant_apps.ledger.selectors import balance_of, outstanding_of_deal
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry


def post_receivable(*, deal_id: UUID, event_id: UUID, at: datetime) -> None:
    """Post the price of a won deal: Dr receivable / Cr revenue and tax. Nothing for a free deal."""
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    version = deal.current_version
    net, tax = money_of(version.net, version.currency), money_of(version.tax, version.currency)
    _post(deal, net, tax, entry=(EntryKind.DEAL_WON, event_id, at))


def adjust_receivable(
    *, deal_id: UUID, version_ids: tuple[UUID, UUID], event_id: UUID, at: datetime
) -> None:
    """Post what the new version costs more, or less, than the previous one.

    `version_ids` is (new, previous).
    """
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    versions = DealVersion.objects.in_bulk(version_ids)
    new, previous = (versions[version_id] for version_id in version_ids)
    net = money_of(new.net - previous.net, new.currency)
    tax = money_of(new.tax - previous.tax, new.currency)
    _post(deal, net, tax, entry=(EntryKind.DEAL_AMENDED, event_id, at))


def reverse_receivable(*, deal_id: UUID, event_id: UUID, at: datetime) -> None:
    """Take back the revenue, tax and receivable that stand for the deal, if any do.

    What credit notes and write-offs have taken off already stands against the revenue.
    """
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    currency = deal.current_version.currency
    standing = {
        account: balance_of(account, currency=currency, deal_id=deal_id)
        for account in (
            AccountCode.REVENUE,
            AccountCode.TAX_PAYABLE,
            AccountCode.REFUNDS,
            AccountCode.BAD_DEBT,
        )
    }
    revenue, tax, refunds, bad_debt = standing.values()
    postings = [
        _posting(AccountCode.RECEIVABLE, refunds + bad_debt - revenue - tax, deal),
        _posting(AccountCode.REVENUE, revenue, deal),
        _posting(AccountCode.TAX_PAYABLE, tax, deal),
        _posting(AccountCode.REFUNDS, -refunds, deal),
        _posting(AccountCode.BAD_DEBT, -bad_debt, deal),
    ]
    _post_all(deal, postings, entry=(EntryKind.DEAL_REVERSED, event_id, at))


def write_off_receivable(*, deal_id: UUID, event_id: UUID, at: datetime, kind: EntryKind) -> Money:
    """Give up what is owed on a deal: Dr bad debt / Cr receivable. Returns how much it was."""
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    owed = outstanding_of_deal(deal_id, deal.current_version.currency)
    postings = [
        _posting(AccountCode.BAD_DEBT, owed, deal),
        _posting(AccountCode.RECEIVABLE, -owed, deal),
    ]
    _post_all(deal, postings, entry=(kind, event_id, at))
    return owed


def recover_receivable(*, deal_id: UUID, event_id: UUID, at: datetime) -> None:
    """Expect what was given up again: Dr receivable / Cr bad debt."""
    deal = Deal.objects.select_related("current_version").get(pk=deal_id)
    currency = deal.current_version.currency
    given_up = balance_of(AccountCode.BAD_DEBT, currency=currency, deal_id=deal_id)
    postings = [
        _posting(AccountCode.RECEIVABLE, given_up, deal),
        _posting(AccountCode.BAD_DEBT, -given_up, deal),
    ]
    _post_all(deal, postings, entry=(EntryKind.WRITE_OFF_RECOVERED, event_id, at))


def _post(deal: Deal, net: Money, tax: Money, *, entry: tuple[EntryKind, UUID, datetime]) -> None:
    """Post Dr receivable / Cr revenue and tax; negative amounts change sides, zeros drop out."""
    postings = [
        _posting(AccountCode.RECEIVABLE, net + tax, deal),
        _posting(AccountCode.REVENUE, -net, deal),
        _posting(AccountCode.TAX_PAYABLE, -tax, deal),
    ]
    _post_all(deal, postings, entry=entry)


def _post_all(
    deal: Deal, postings: list[NewPosting | None], *, entry: tuple[EntryKind, UUID, datetime]
) -> None:
    kind, event_id, at = entry
    kept = tuple(posting for posting in postings if posting)
    if kept:
        memo = f"{deal.code} {deal.name}"
        post_entry(entry=NewEntry(kind=kind, event_id=event_id, at=at, postings=kept, memo=memo))


def _posting(account: AccountCode, signed: Money, deal: Deal) -> NewPosting | None:
    if not signed:
        return None
    return NewPosting(
        account=account,
        debit=signed if signed.amount > 0 else None,
        credit=-signed if signed.amount < 0 else None,
        client_id=deal.client_id,
        deal_id=deal.pk,
    )

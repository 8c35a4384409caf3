"""Deals: the list and one deal with its terms, money, papers and history."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import NotFound
from shared_apps.web.pages.form import Form, attempt, read_form
from shared_apps.web.references import parse_reference
from tenant_apps.clients.selectors import visible_clients
from tenant_apps.deals import selectors
from tenant_apps.deals.diff import diff_versions
from tenant_apps.deals.services import (
    FINISHED,
    HAND_OVER,
    DealStatus,
    archive_deal,
    cancel_deal,
    lose_deal,
    note_deal,
    reopen_deal,
    submit_deal,
    win_deal,
)
from tenant_apps.invoices.client_accounts import activity_of_deal
from tenant_apps.invoices.selectors import invoices_of_deal, list_credit_notes
from tenant_apps.invoices.services import check_invoiceable
from tenant_apps.payments.selectors import payments_of_deal
from tenant_apps.payments.services import check_takes_payments
from tenant_apps.portal.figures import (
    Figure,
    booked,
    collected,
    deals_booked,
    deals_collected,
)
from tenant_apps.portal.history import told
from tenant_apps.portal.listing import ListPage, page_of
from tenant_apps.portal.moves import DEAL_MOVES, Move, find_move, moves_of_deal
from tenant_apps.portal.pages import Page
from tenant_apps.portal.papers import CreditNoteRow, InvoiceRow
from tenant_apps.portal.possible import refuse_deal_move, sort_steps, why_not
from tenant_apps.portal.returning import returns_of
from tenant_apps.portal.rows import DealRow
from tenant_apps.portal.wording import choices_of
from tenant_apps.returns.selectors import REQUEST
from tenant_apps.returns.services import check_write_off

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from tenant_apps.deals.models import Deal, DealVersion

ORDERS = {"newest": "-created_at", "total": "-total", "name": "name"}
LAST_EVENTS = 30
WON = (
    ("month", gettext_lazy("Won this month")),
    ("quarter", gettext_lazy("Won this quarter")),
    ("year", gettext_lazy("Won this year")),
)
COLLECTED = (
    ("month", gettext_lazy("Collected this month")),
    ("quarter", gettext_lazy("Collected this quarter")),
    ("year", gettext_lazy("Collected this year")),
)


class DealList(ListPage):
    """The deals that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": selectors.VIEW}
    room = "deals"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the deals, filtered by what was asked for."""
        filters, listed = self.filters(), self.listed()
        shown, figure = page_of(listed, request), self.figure()
        return self.show(
            "deals/list.html",
            shown=shown,
            rows=[DealRow(deal) for deal in shown.rows],
            figure=figure,
            sums=figure.sums(listed) if figure and shown.rows else (),
            states=choices_of("deal"),
            won=WON,
            collected=COLLECTED if self.has_figures else (),
            is_filtered=any((filters.status, filters.search, filters.won_from, self.since)),
            may_create=self.may("deals.create") and self.is_writable,
            may_hand_over=self.may("deals.hand_over") and self.is_writable,
        )

    def filters(self) -> selectors.DealFilters:
        """Return what was asked for."""
        asked = self.request.GET
        status = asked.get("status", "")
        return selectors.DealFilters(
            status=status if status in DEAL_STATES else None,
            won_from=self.begin_of(asked.get("won", "")),
            search=asked.get("q", "").strip()[:200] or None,
            ordering=ORDERS.get(asked.get("order", ""), ORDERS["newest"]),
        )

    def listed(self) -> "QuerySet[Any]":
        """Return the deals that were asked for, with what the figure asked for reads."""
        filters = self.filters()
        deals = selectors.list_deals(viewer=self.viewer, filters=filters, today=self.today)
        if self.since and self.counted:
            return deals_collected(deals, self.counted, first=self.since, last=self.today)
        return deals_booked(deals, self.counted) if filters.won_from and self.counted else deals

    @property
    def since(self) -> "date | None":
        """Return since when the deals collected something, if that was asked for."""
        return self.first_of(self.request.GET.get("collected", "")) if self.has_figures else None

    def figure(self) -> Figure | None:
        """Return the measure of the dashboard that was asked for, for who has its figures."""
        if self.since and self.counted:
            return collected(self.counted)
        return booked(self.counted) if self.filters().won_from and self.counted else None


DEAL_STATES = frozenset(value for value, _label in choices_of("deal"))


class DealPage(Page):
    """A page about one deal."""

    room = "deals"

    def find(self, reference: str) -> "Deal":
        """Return the deal with everything that is shown of it. Raises: Deal.DoesNotExist."""
        return selectors.get_deal_detail(
            reference=parse_reference(reference), viewer=self.viewer, today=self.today
        )

    def may_edit(self, deal: "Deal") -> bool:
        """Return whether the deal is the person's to edit."""
        if not (self.may(selectors.EDIT) and self.is_writable):
            return False
        mine = selectors.visible_deals(self.viewer, selectors.EDIT)
        return mine.filter(pk=deal.pk).exists()

    def refuse(self, deal: "Deal", step: Move) -> None:
        """Refuse a step as taking it would. Raises: what the step refuses with."""
        refuse_deal_move(deal, step.name, by=self.viewer, at=self.at)

    def to(self, deal: "Deal") -> str:
        """Return the address of the deal."""
        return reverse("portal:deal", args=[deal.code])


class DealDetail(DealPage):
    """One deal."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": selectors.VIEW}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the deal."""
        return self.show_deal(self.find(reference), Form())

    def show_deal(self, deal: "Deal", note: Form, *, status: int = 200) -> HttpResponseBase:
        """Show the deal, with the note that is being written."""
        may_edit = self.may_edit(deal)
        moves = moves_of_deal(deal) if may_edit else ()
        versions = list(selectors.list_versions(deal_id=deal.pk))
        return self.show(
            "deals/detail.html",
            status=status,
            row=DealRow(deal),
            deal=deal,
            stand=deal.status,
            reductions=selectors.reductions_of_deal(deal) if _was_sold(deal) else None,
            version=deal.current_version,
            may_edit=may_edit,
            may_see_client=self._sees_client(deal),
            steps=sort_steps(moves, partial(self.refuse, deal)),
            may_pay=self._may_pay(deal),
            changes=changes_of(versions),
            happenings=told(activity_of_deal(deal, viewer=self.viewer)[:LAST_EVENTS]),
            note=note,
            discount=selectors.discount_standing(deal) if deal.is_before_win else None,
            may_approve_discount=self._may_approve_discount(deal),
            may_return=self._may_write_off(deal),
            may_change_credit=self._may_change_credit(deal),
            may_invoice=self._may_invoice(deal),
            **self._papers(deal),
        )

    def _may_pay(self, deal: "Deal") -> bool:
        check = partial(check_takes_payments, status=deal.status, is_archived=deal.is_archived)
        return self.may("payments.submit") and self.is_writable and not why_not(check)

    def _may_approve_discount(self, deal: "Deal") -> bool:
        return self._may_act(deal, selectors.APPROVE_DISCOUNT)

    def _sees_client(self, deal: "Deal") -> bool:
        if not self.may("clients.view"):
            return False
        return visible_clients(self.viewer).filter(pk=deal.client_id).exists()

    def _may_write_off(self, deal: "Deal") -> bool:
        if not (deal.is_won and self._may_act(deal, REQUEST)):
            return False
        return not why_not(check_write_off, selectors.deal_terms(deal.pk))

    def _may_invoice(self, deal: "Deal") -> bool:
        if not (deal.is_won and self._may_act(deal, "invoices.create")):
            return False
        return not why_not(check_invoiceable, deal.pk)

    def _may_change_credit(self, deal: "Deal") -> bool:
        is_over = deal.is_archived or deal.status in FINISHED
        return not is_over and self._may_act(deal, HAND_OVER)

    def _may_act(self, deal: "Deal", permission: str) -> bool:
        if not (self.is_writable and self.may(permission)):
            return False
        return selectors.visible_deals(self.viewer, permission).filter(pk=deal.pk).exists()

    def _papers(self, deal: "Deal") -> dict[str, Any]:
        papers: dict[str, Any] = {"payments": None, "invoices": None, "notes": (), "returns": ()}
        if self.may("payments.view"):
            papers["returns"] = returns_of(self.viewer, deal=deal.pk)
            papers["payments"] = list(payments_of_deal(deal_id=deal.pk, viewer=self.viewer))
        if self.may("invoices.view"):
            found = invoices_of_deal(deal_id=deal.pk, viewer=self.viewer)
            papers["invoices"] = [InvoiceRow(invoice, today=self.today) for invoice in found]
            notes = list_credit_notes(viewer=self.viewer, deal=deal.pk)
            papers["notes"] = [CreditNoteRow(note) for note in notes]
        return papers


def _was_sold(deal: "Deal") -> bool:
    """Return whether the price stands in the books: paid, owed, credited or given up."""
    return deal.is_won or deal.status == DealStatus.BAD_DEBT


def changes_of(versions: "list[DealVersion]") -> list[dict[str, Any]]:
    """Return each version with what it changed of the one before, newest first."""
    older = [*versions[1:], None]
    return [
        {"version": each, "differences": diff_versions(before, each) if before else []}
        for each, before in zip(versions, older, strict=True)
    ]


class DealMove(DealPage):
    """A step of a deal: asked for on a page of its own, or in a dialog of the deal's page."""

    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": selectors.EDIT,
        "post": selectors.EDIT,
    }

    def get(self, _request: HttpRequest, reference: str, move: str) -> HttpResponseBase:
        """Ask whether it is meant, while it can be taken."""
        deal, step = self.find(reference), _find(move)
        self.refuse(deal, step)
        return self._ask(reference, move, Form())

    def post(self, request: HttpRequest, reference: str, move: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        deal, form = self.find(reference), read_form(request.POST)
        step = _find(move)
        values = {"reason": str(form.value("/reason"))} if step.needs_reason else {}
        act = partial(MOVES[move], deal_id=deal.pk, by=self.viewer, at=self.at, **values)
        if attempt(form, lambda: act() or form) is None:
            return self._ask(reference, move, form, status=form.status)
        if move == "archive":
            return self.go(reverse("portal:deals"), _("The draft is put away."))
        return self.go(self.to(deal), str(step.done))

    def _ask(self, reference: str, move: str, form: Form, status: int = 200) -> HttpResponseBase:
        deal = self.find(reference)
        context = {"step": _find(move), "form": form, "back": self.to(deal), "about": deal}
        return self.show("move.html", status=status, **context)


MOVES: Mapping[str, Any] = {
    "submit": submit_deal,
    "win": win_deal,
    "lose": lose_deal,
    "reopen": reopen_deal,
    "cancel": cancel_deal,
    "archive": archive_deal,
}


def _find(name: str) -> Any:
    move = find_move(DEAL_MOVES, name)
    if move is None:
        raise NotFound
    return move


class DealNote(DealDetail):
    """A note in a deal's history; by GET it is the deal."""

    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": selectors.VIEW,
        "post": selectors.EDIT,
    }

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Write the note; whoever may not edit the deal hears so."""
        deal, form = self.find(reference), read_form(request.POST)
        write = partial(self._write, deal, str(form.value("/text")))
        if not self.may_edit(deal):
            write()
        if attempt(form, write) is None:
            return self.show_deal(deal, form, status=400)
        return self.go(f"{self.to(deal)}#history", _("The note is in the history."))

    def _write(self, deal: "Deal", text: str) -> bool:
        note_deal(deal_id=deal.pk, text=text, by=self.viewer, at=self.at)
        return True

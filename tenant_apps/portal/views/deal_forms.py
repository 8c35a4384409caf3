"""Enter a deal, change it, amend it: one form for header, lines, splits and instalments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from shared_apps.web.pages.reading import Reading, read_typed
from tenant_apps.deals import services
from tenant_apps.deals.api.serializers import (
    AmendmentIn,
    DealChangesIn,
    TermsIn,
    lines_of,
)
from tenant_apps.deals.selectors import EDIT, get_deal
from tenant_apps.deals.services.versions import check_terms
from tenant_apps.deals.terms import NewTerms, Terms
from tenant_apps.payments.api.deals import DealWithPaymentIn
from tenant_apps.payments.api.inputs import reference_of
from tenant_apps.payments.services import create_deal_with_payment
from tenant_apps.portal import choices
from tenant_apps.portal.forms.deals import (
    GROUPS,
    drop_blank_rows,
    drop_row,
    focus_after,
    new_deal_body,
    part_names,
    splits_body,
    terms_body,
    typed_deal,
    typed_terms,
)
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.forms.payments import PROOF_CONTROLS
from tenant_apps.portal.forms.together import (
    changes_to_check,
    deal_to_check,
    first_payment_to_check,
    has_whole_lines,
)
from tenant_apps.portal.twins import TwinWatch
from tenant_apps.portal.views.deals import DealPage

if TYPE_CHECKING:
    from tenant_apps.deals.models import Deal
    from tenant_apps.payments.services import NewPayment

NOTES = ("name", "source", "remarks")
CHANGEABLE = (*NOTES, "stage", "deal_on", "expected_close_on")
EMPTY_IS_NONE = ("stage", "expected_close_on")


class DealFormPage(DealPage):
    """What the pages with a deal's form share: its choices, its totals, its further rows.

    `touched` is the group that has just got or lost a row: it stays open, with the focus in it.
    """

    touched = ""

    @cached_property
    def twins(self) -> TwinWatch:
        """What the first payment was refused for as a look-alike."""
        return TwinWatch()

    def show_form(
        self, form: Form, *, mode: str, status: int = 200, deal: "Deal | None" = None
    ) -> HttpResponseBase:
        """Show the form; `mode` is new, edit, notes or amend."""
        for name in GROUPS:
            form.typed.setdefault(name, [])
        if not form.typed["lines"]:
            form.typed["lines"] = [{"quantity": "1"}]
        products = choices.product_choices()
        form.parts = part_names(form)
        form.focus = focus_after(form, self.touched, has_products=bool(products))
        return self.show(
            "deals/form.html",
            status=status,
            form=form,
            mode=mode,
            deal=deal,
            touched=self.touched,
            twins=self.twins.found(self.viewer),
            terms=self._priced(form),
            stages=choices.stage_choices(),
            products=products,
            taxes=choices.tax_choices(on=self.today),
            colleagues=choices.colleague_choices(self.viewer, on=self.today),
            currencies=choices.currency_choices() if mode in {"new", "edit"} else [],
            clients=choices.client_choices(self.viewer, on=self.today) if mode == "new" else [],
            may_pay=self.may("payments.submit"),
            has_payment=_has_payment(form),
        )

    def is_about_rows(self, form: Form) -> bool:
        """Return whether the form was sent for its totals or for its rows; adds the new row."""
        step = self.request.POST.get("step", "")
        group = step.removesuffix("+")
        if step.endswith("+") and group in GROUPS:
            self.touched = group
            form.typed[group].append({"quantity": "1"} if group == "lines" else {})
        return bool(step) and step != "save"

    def read_deal(self) -> Form:
        """Return what was typed, without the row to be removed and those that say nothing.

        A group that gets or loses a row keeps its empty ones: each press is seen.
        """
        form = read_form(self.request.POST)
        form.controls = PROOF_CONTROLS
        step = self.request.POST.get("step", "")
        self.touched = drop_row(form, step)
        drop_blank_rows(form, kept=self.touched or step.removesuffix("+"))
        return form

    @property
    def proofs(self) -> Sequence[Any]:
        """Return the files of the first payment."""
        return self.request.FILES.getlist("proof")

    def currency_of(self, form: Form) -> str:
        """Return the currency of the form, the organization's unless one was chosen."""
        return str(form.value("/currency")) or current_tenant().currency

    def _priced(self, form: Form) -> Terms | None:
        """Return the terms as they stand in the form; None while they cannot be priced."""
        currency = self.currency_of(form)
        body = terms_body(form, currency)
        typed = [line for line in body["lines"] if "unit_price" in line]
        included = body["prices_include_tax"]
        try:
            values = checked(TermsIn, {"lines": typed})
            lines = lines_of(values["lines"])
            new = NewTerms(currency=currency, lines=lines, prices_include_tax=included)
            return check_terms(new, deal_on=self.today)
        except (ValidationError, DomainError):
            return None


class NewDeal(DealFormPage):
    """A new deal, with its first payment if there is one."""

    permissions: ClassVar[Mapping[str, str | None]] = {
        "get": "deals.create",
        "post": "deals.create",
    }

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, for a client that was chosen before."""
        form = Form(
            typed={
                "client": request.GET.get("client", ""),
                "currency": current_tenant().currency,
                "deal_on": self.today.isoformat(),
                "status": "open",
            }
        )
        return self.show_form(form, mode="new")

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Enter the deal, once."""
        form = self.read_deal()
        if self.is_about_rows(form):
            return self.show_form(form, mode="new")
        make = partial(self._make, form)
        send = partial(once, request, form, actor=self.viewer.actor, work=make)
        to = attempt(form, send)
        if to is None:
            return self.show_form(form, mode="new", status=400)
        return self.go(to, _("The deal is entered."))

    def _make(self, form: Form) -> str:
        body = new_deal_body(form, self.currency_of(form), has_proof=bool(self.proofs))
        read = read_typed(DealWithPaymentIn, body)
        payment = self._first_payment(read, form)
        make = partial(
            create_deal_with_payment,
            deal=deal_to_check(read, currency=self.currency_of(form)),
            payment=payment,
            by=self.viewer,
            at=self.at,
            so_far=read.together,
        )
        with self.twins.watch():
            made = read.carry_out(make)
        return self.to(get_deal(reference=made.deal_id, viewer=self.viewer))

    def _first_payment(self, read: Reading, form: Form) -> "NewPayment | None":
        sent = read.values.pop("payment", None)
        if sent is None:
            return None
        key = reference_of(self.viewer.actor, form.key)
        currency = self.currency_of(form)
        payment = first_payment_to_check(read, sent, currency=currency, key=key)
        return replace(payment, uploads=tuple(self.proofs))


class EditDeal(DealFormPage):
    """Change a deal before it is won, or its notes later."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": EDIT, "post": EDIT}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the deal as a form."""
        deal = self.find(reference)
        form = Form(typed=typed_deal(deal), version=str(deal.version))
        return self.show_form(form, mode=_mode(deal), deal=deal)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Keep what was changed."""
        deal, form = self.find(reference), self.read_deal()
        if self.is_about_rows(form):
            return self.show_form(form, mode=_mode(deal), deal=deal)
        if attempt(form, partial(self._keep, form, deal)) is None:
            return self.show_form(form, mode=_mode(deal), deal=deal, status=400)
        return self.go(self.to(deal), _("The deal is saved."))

    def _keep(self, form: Form, deal: "Deal") -> object:
        body = self._body(form) if deal.is_before_win else _typed(form, NOTES)
        read = read_typed(DealChangesIn, body, partial=True)
        keep = partial(
            services.update_deal,
            deal_id=deal.pk,
            changes=changes_to_check(read, currency=self.currency_of(form)),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
            so_far=read.together,
        )
        return read.carry_out(keep)

    def _body(self, form: Form) -> dict[str, Any]:
        currency = self.currency_of(form)
        body = _typed(form, CHANGEABLE)
        body |= {name: body[name] or None for name in EMPTY_IS_NONE}
        terms = terms_body(form, currency)
        return body | terms | {"currency": currency, "splits": splits_body(form)}


class AmendDeal(DealFormPage):
    """Give a won deal new terms."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": EDIT, "post": EDIT}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the present terms as a form; the due days are divided anew unless they are given."""
        deal = self.find(reference)
        if not deal.is_won:
            raise services.DealNotWon
        typed = typed_terms(deal.current_version) | {"instalments": []}
        typed["currency"] = deal.current_version.currency
        return self.show_form(Form(typed=typed), mode="amend", deal=deal)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Make the new version, once."""
        deal, form = self.find(reference), self.read_deal()
        form.typed["currency"] = deal.current_version.currency
        if self.is_about_rows(form):
            return self.show_form(form, mode="amend", deal=deal)
        make = partial(self._amend, form, deal)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self.show_form(form, mode="amend", deal=deal, status=400)
        return self.go(to, _("The deal has new terms."))

    def _amend(self, form: Form, deal: "Deal") -> str:
        body = terms_body(form, deal.current_version.currency)
        if not body["instalments"]:
            del body["instalments"]
        read = read_typed(AmendmentIn, body | _typed(form, ("reason",)))
        currency = deal.current_version.currency
        changes = changes_to_check(read, currency=currency).terms
        amend: Callable[[], object] = partial(
            services.amend_deal,
            deal_id=deal.pk,
            changes=changes,
            reason=read.values.get("reason", ""),
            by=self.viewer,
            at=self.at,
            so_far=read.together,
        )
        if not has_whole_lines(read):  # the deal's money is compared with the whole price
            new = NewTerms(currency=currency, lines=changes.lines or ())
            amend = partial(check_terms, new, deal_on=deal.deal_on)
        read.carry_out(amend)
        return self.to(deal)


def _has_payment(form: Form) -> bool:
    """Return whether anything of a first payment was typed, or is wrong."""
    typed = form.typed.get("payment")
    is_typed = isinstance(typed, dict) and any(typed.values())
    return is_typed or bool(form.errors("/payment") or form.errors("/proof"))


def _mode(deal: "Deal") -> str:
    return "edit" if deal.is_before_win else "notes"


def _typed(form: Form, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: form.value(f"/{name}") for name in names}

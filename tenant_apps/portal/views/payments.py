"""Payments: the list, one payment, its proofs, what its maker does with it."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.kernel.errors import DomainError, NotFound
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from shared_apps.web.pages.reading import read_typed
from shared_apps.web.references import parse_reference
from tenant_apps.clients.selectors import visible_clients
from tenant_apps.deals.selectors import get_deal
from tenant_apps.payments import review, selectors, services
from tenant_apps.payments.api.inputs import (
    PaymentChangesFormIn,
    PaymentChangesIn,
    as_changes,
    reference_of,
)
from tenant_apps.payments.reporting import awaiting_payments
from tenant_apps.portal import choices
from tenant_apps.portal.figures import AWAITING, Figure, awaiting
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.forms.payments import (
    PROOF_CONTROLS,
    TypedPaymentIn,
    changes_body,
    new_payment_body,
    typed_payment,
)
from tenant_apps.portal.forms.returns import READERS
from tenant_apps.portal.forms.together import payment_changes_to_check, payment_to_check
from tenant_apps.portal.listing import ListPage, page_of
from tenant_apps.portal.moves import PAYMENT_MOVES, find_move, moves_of_payment
from tenant_apps.portal.pages import Page
from tenant_apps.portal.possible import why_not
from tenant_apps.portal.returning import returns_of
from tenant_apps.portal.twins import Twins, TwinWatch
from tenant_apps.portal.wording import choices_of
from tenant_apps.returns.selectors import REQUEST
from tenant_apps.returns.services import Kind, check_return

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from tenant_apps.deals.models import Deal
    from tenant_apps.payments.models import Payment

VIEW, SUBMIT = selectors.VIEW, "payments.submit"
STATES = frozenset(value for value, _label in choices_of("payment"))
VERIFIED = (
    ("month", gettext_lazy("Verified this month")),
    ("quarter", gettext_lazy("Verified this quarter")),
    ("year", gettext_lazy("Verified this year")),
)
ORDERS = {"newest": "-created_at", "received": "-received_on", "amount": "-amount"}


class PaymentList(ListPage):
    """The payments that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "payments"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the payments, filtered by what was asked for."""
        filters, listed = self.filters(), self.listed()
        shown = page_of(listed, request)
        figure = self.figure(shown.rows)
        return self.show(
            "payments/list.html",
            shown=shown,
            figure=figure,
            sums=figure.sums(listed) if figure and shown.rows else (),
            states=choices_of("payment"),
            verified=VERIFIED,
            awaiting=AWAITING[self.counted.scope] if self.counted else "",
            is_filtered=any(
                (
                    filters.status,
                    filters.search,
                    filters.unapplied,
                    filters.verified_from,
                    self.awaits,
                )
            ),
            may_create=self.may(SUBMIT) and self.is_writable,
        )

    def filters(self) -> selectors.PaymentFilters:
        """Return what was asked for."""
        asked = self.request.GET
        status = asked.get("status", "")
        return selectors.PaymentFilters(
            status=status if status in STATES else None,
            search=asked.get("q", "").strip()[:200] or None,
            verified_from=self.begin_of(asked.get("verified", "")),
            unapplied=True if asked.get("credit") == "open" else None,
            ordering=ORDERS.get(asked.get("order", ""), ORDERS["newest"]),
        )

    def listed(self) -> "QuerySet[Any]":
        """Return the payments that were asked for."""
        payments = selectors.list_payments(viewer=self.viewer, filters=self.filters())
        if not (self.awaits and self.counted):
            return payments
        counted = awaiting_payments(payee_ids=self.counted.user_ids, on=self.today)
        return payments.filter(pk__in=counted.values("pk"))

    @property
    def awaits(self) -> bool:
        """Return whether what the dashboard counts as awaiting verification was asked for."""
        return self.has_figures and self.request.GET.get("awaiting") == "now"

    def figure(self, shown: "Iterable[Payment]") -> Figure | None:
        """Return the measure of the dashboard that was asked for, of the payments to be shown."""
        if not (self.awaits and self.counted):
            return None
        return awaiting(self.counted, list(shown), on=self.today)


class PaymentPage(Page):
    """A page about one payment."""

    room = "payments"

    def find(self, reference: str, permission: str = VIEW) -> "Payment":
        """Return the payment. Raises: Payment.DoesNotExist."""
        return selectors.get_payment(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )

    def may_change(self, payment: "Payment") -> bool:
        """Return whether the payment is the person's to change."""
        if not (self.may(SUBMIT) and self.is_writable):
            return False
        return selectors.visible_payments(self.viewer, SUBMIT).filter(pk=payment.pk).exists()

    def to(self, payment: "Payment") -> str:
        """Return the address of the payment."""
        return reverse("portal:payment", args=[payment.code])


class PaymentDetail(PaymentPage):
    """One payment."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the payment, its decisions, and who can decide next."""
        payment = self.find(reference)
        may_change = self.may_change(payment)
        verifiers = review.who_can_verify(payment.pk, at=self.at) if payment.is_submitted else []
        sees_client = (
            self.may("clients.view")
            and visible_clients(self.viewer).filter(pk=payment.client_id).exists()
        )
        return self.show(
            "payments/detail.html",
            payment=payment,
            stand=payment.status,
            decisions=review.decision_log(payment.pk),
            verifiers=verifiers,
            applications=list(payment.applications.select_related("deal").order_by("pk")),
            may_edit=may_change and payment.is_editable,
            may_see_client=sees_client,
            may_decide=self.may(selectors.DECIDE) and payment.is_submitted and self.is_writable,
            may_assign=self.may("payments.assign") and payment.is_submitted and self.is_writable,
            moves=moves_of_payment(payment) if may_change else (),
            may_apply=self._may_apply(payment),
            returns=returns_of(self.viewer, payment=payment.pk),
            may_return=self._may_return(payment) if payment.is_verified else (),
        )

    def _may_apply(self, payment: "Payment") -> bool:
        has_credit = payment.is_verified and bool(payment.unapplied_money)
        return has_credit and self.is_writable and self.may("payments.apply")

    def _may_return(self, payment: "Payment") -> list[str]:
        """Return the kinds of return that the person could ask for now."""
        if not (self.may(REQUEST) and self.is_writable):
            return []
        if not selectors.visible_payments(self.viewer, REQUEST).filter(pk=payment.pk).exists():
            return []
        check = partial(check_return, payment_id=payment.pk, by=self.viewer, at=self.at)
        return [kind for kind in READERS if not why_not(partial(check, kind=Kind(kind)))]


class PaymentFormPage(PaymentPage):
    """What the pages with a payment's form share."""

    @cached_property
    def twins(self) -> TwinWatch:
        """What the payment was refused for as a look-alike."""
        return TwinWatch()

    def show_form(
        self, form: Form, *, payment: "Payment | None" = None, status: int = 200
    ) -> HttpResponseBase:
        """Show the form."""
        return self.show(
            "payments/form.html",
            status=status,
            form=form,
            payment=payment,
            twins=self.twins.found(self.viewer),
            clients=choices.client_choices(self.viewer, on=self.today),
            deals=choices.deal_choices(self.viewer, today=self.today),
            currencies=choices.currency_choices(),
        )

    def read_payment(self) -> Form:
        """Return what was typed; what is wrong with a file is said where files are chosen."""
        form = read_form(self.request.POST)
        form.controls = PROOF_CONTROLS
        return form

    def currency_of(self, form: Form) -> str:
        """Return the currency of the form, the organization's unless one was chosen."""
        return str(form.value("/currency")) or current_tenant().currency


class NewPayment(PaymentFormPage):
    """A new payment with its proof."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": SUBMIT, "post": SUBMIT}

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the form, for a deal that was chosen before."""
        typed = {"received_on": self.today.isoformat(), "currency": current_tenant().currency}
        form = Form(typed=typed)
        if code := request.GET.get("deal", ""):
            self._choose(form, get_deal(reference=parse_reference(code), viewer=self.viewer))
        return self.show_form(form, status=form.status if form.is_refused else 200)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Submit the payment, or keep it as a draft; once."""
        form = self.read_payment()
        self._take_client_of_deal(form)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self.show_form(form, status=400)
        is_draft = form.value("/status") == "draft"
        done = _("The draft is kept.") if is_draft else _("The payment waits for verification.")
        return self.go(to, done)

    def _make(self, form: Form) -> str:
        body = new_payment_body(form, self.currency_of(form))
        files = self.request.FILES.getlist("proof")
        body |= {"proof": files} if files else {}
        read = read_typed(TypedPaymentIn, body)
        is_draft = read.values.pop("status", "submitted") == "draft"
        write = services.draft_payment if is_draft else services.submit_payment
        key = reference_of(self.viewer.actor, form.key)
        new = payment_to_check(read, currency=self.currency_of(form), key=key)
        make = partial(write, new=new, by=self.viewer, at=self.at, so_far=read.together)
        with self.twins.watch():
            return self.to(read.carry_out(make))

    def _choose(self, form: Form, deal: "Deal") -> None:
        """Fill in what a deal says already; say at its field when it takes no payments."""
        form.typed |= _said_by(deal)
        check = partial(services.check_takes_payments, status=deal.status)
        attempt(form, lambda: (check(is_archived=deal.is_archived),))

    def _take_client_of_deal(self, form: Form) -> None:
        """Fill in the client that a chosen deal says already."""
        code = str(form.value("/deal"))
        if code and not form.value("/client"):
            deal = get_deal(reference=parse_reference(code), viewer=self.viewer)
            form.typed |= _said_by(deal) | {"currency": self.currency_of(form)}


def _said_by(deal: "Deal") -> dict[str, str]:
    currency = deal.current_version.currency
    return {"deal": deal.code, "client": deal.client.code, "currency": currency}


class EditPayment(PaymentFormPage):
    """Change a payment before its decision."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": SUBMIT, "post": SUBMIT}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the payment as a form."""
        payment = self.find(reference, SUBMIT)
        form = Form(typed=typed_payment(payment), version=str(payment.version))
        return self.show_form(form, payment=payment)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Keep what was changed."""
        payment, form = self.find(reference, SUBMIT), self.read_payment()
        if attempt(form, partial(self._keep, form, payment)) is None:
            return self.show_form(form, payment=payment, status=400)
        return self.go(self.to(payment), _("The payment is saved."))

    def _keep(self, form: Form, payment: "Payment") -> object:
        if not payment.is_editable:
            return self._keep_remarks(form, payment)
        body = changes_body(form, self.currency_of(form))
        body["proofs"] = self._kept_proofs(payment)
        files = self.request.FILES.getlist("proof")
        body |= {"proof": files} if files else {}
        read = read_typed(PaymentChangesFormIn, body, partial=True)
        keep = partial(
            services.edit_payment,
            payment_id=payment.pk,
            changes=payment_changes_to_check(read),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
            so_far=read.together,
        )
        with self.twins.watch():
            return read.carry_out(keep)

    def _keep_remarks(self, form: Form, payment: "Payment") -> object:
        values = checked(PaymentChangesIn, {"remarks": form.value("/remarks")}, partial=True)
        return services.edit_payment(
            payment_id=payment.pk,
            changes=as_changes(values),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )

    def _kept_proofs(self, payment: "Payment") -> list[str]:
        dropped = set(self.request.POST.getlist("drop_proof"))
        proofs = [str(proof.file_id) for proof in payment.proofs.all()]
        return [each for each in proofs if each not in dropped]


class PaymentMove(PaymentPage):
    """A step of a payment by its maker."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": SUBMIT, "post": SUBMIT}

    def get(self, _request: HttpRequest, reference: str, move: str) -> HttpResponseBase:
        """Ask whether it is meant, while the payment is where the step begins."""
        payment, step = self.find(reference, SUBMIT), _find(move)
        if step not in moves_of_payment(payment):
            raise REFUSALS[move]
        return self._ask(reference, move, Form())

    def post(self, request: HttpRequest, reference: str, move: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        payment, form, step = self.find(reference, SUBMIT), read_form(request.POST), _find(move)
        act = partial(MOVES[move], payment_id=payment.pk, by=self.viewer, at=self.at)
        watch = TwinWatch()
        if attempt(form, watch.watch()(act)) is None:
            twins = watch.found(self.viewer)
            return self._ask(reference, move, form, twins=twins, status=form.status)
        return self.go(self.to(payment), str(step.done))

    def _ask(
        self,
        reference: str,
        move: str,
        form: Form,
        *,
        twins: Twins | None = None,
        status: int = 200,
    ) -> HttpResponseBase:
        payment = self.find(reference, SUBMIT)
        if twins:  # the field that it is about stands on another page
            form.notice, form.problems = form.said, []
        context = {"step": _find(move), "form": form, "back": self.to(payment), "about": payment}
        context["twins"] = twins
        return self.show("move.html", status=status, **context)


MOVES: Mapping[str, Any] = {
    "submit": services.submit_draft,
    "resubmit": services.resubmit_payment,
    "withdraw": services.withdraw_payment,
}
REFUSALS: Mapping[str, type[DomainError]] = {
    "submit": services.PaymentNotDraft,
    "resubmit": services.PaymentNotSentBack,
    "withdraw": services.PaymentNotOpen,
}


def _find(name: str) -> Any:
    move = find_move(PAYMENT_MOVES, name)
    if move is None:
        raise NotFound
    return move

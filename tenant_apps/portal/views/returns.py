"""Refunds, reversals, chargebacks, write-offs, recoveries: what was asked, decided and sent."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from shared_apps.web.references import parse_reference
from tenant_apps.accounts.selectors import person_label
from tenant_apps.approvals.selectors import decisions_of
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.possible import why_not
from tenant_apps.portal.return_acts import Act, acts_of
from tenant_apps.portal.returning import ReturnRow
from tenant_apps.portal.wording import choices_of
from tenant_apps.returns import selectors, services
from tenant_apps.returns.api.serializers import DecisionIn, ReasonIn, SentIn

if TYPE_CHECKING:
    from tenant_apps.returns.models import Return

VIEW, REQUEST, DECIDE = selectors.VIEW, selectors.REQUEST, selectors.DECIDE
SEND = "returns.send"
NAMED = 5
STATES = frozenset(value for value, _label in choices_of("return"))
KINDS = frozenset(value for value, _label in choices_of("return_kind"))


class ReturnList(Page):
    """What was asked to go back, or to be given up."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "returns"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of them, filtered by what was asked for."""
        kind, status = request.GET.get("kind", ""), request.GET.get("status", "")
        filters = selectors.ReturnFilters(
            kind=kind if kind in KINDS else None,
            status=status if status in STATES else None,
        )
        shown = page_of(selectors.list_returns(viewer=self.viewer, filters=filters), request)
        return self.show(
            "returns/list.html",
            shown=shown,
            rows=[ReturnRow(each) for each in shown.rows],
            kinds=choices_of("return_kind"),
            states=choices_of("return"),
            is_filtered=bool(filters.kind or filters.status),
        )


class ReturnPage(Page):
    """A page about one return."""

    room = "returns"

    def find(self, reference: str, permission: str = VIEW) -> "Return":
        """Return it. Raises: Return.DoesNotExist, PermissionRefused."""
        return selectors.get_return(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )

    def show_return(
        self, asked: "Return", form: Form, opened: str = "", status: int = 200
    ) -> HttpResponseBase:
        """Show it with what can be done next; `opened` is the act whose form stands open."""
        recoveries = selectors.recoveries_of(asked.pk)
        is_asked_again = any(each.is_requested for each in recoveries)
        coming = () if is_asked_again or not self.is_writable else acts_of(asked)
        acts = [act for act in coming if self._may(act, asked)]
        decisions = decisions_of(asked.pk)
        return self.show(
            "returns/detail.html",
            status=status,
            row=ReturnRow(asked),
            asked=asked,
            stand=asked.status,
            recoveries=recoveries,
            requester=person_label(asked.requested_by_id),
            decider=person_label(asked.decided_by_id) if asked.decided_by_id else "",
            reasons=[each.reason for each in decisions if each.reason],
            form=form,
            acts=[(act, form if act.name == opened else Form()) for act in acts],
            opened=opened or (acts[0].name if acts else ""),
            sees_deals=self.may("deals.view"),
            is_requester=asked.requested_by_id == self.viewer.pk,
            **self._deciders(asked),
        )

    def _may(self, act: Act, asked: "Return") -> bool:
        if not self.may(act.permission) or why_not(partial(self._check_act, act, asked)):
            return False
        return selectors.visible_returns(self.viewer, act.permission).filter(pk=asked.pk).exists()

    def _check_act(self, act: Act, asked: "Return") -> None:
        """Refuse a decision, or its withdrawal, as taking it would."""
        if act.is_own:
            services.check_withdrawal(asked, by=self.viewer)
        elif act.name == "recover":
            services.check_recovery(asked, by=self.viewer, at=self.at)
        elif asked.is_requested:
            services.check_return_decision(asked, checker=self.viewer, at=self.at)

    def _deciders(self, asked: "Return") -> dict[str, Any]:
        """Return who can decide: the first few by name, and how many more there are."""
        people = services.people_to_decide(asked, at=self.at) if asked.is_requested else []
        return {"deciders": people[:NAMED], "more_deciders": len(people[NAMED:])}


class ReturnDetail(ReturnPage):
    """One return."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show it."""
        return self.show_return(self.find(reference), Form())


class ActOnReturn(ReturnPage):
    """A decision on a return, or what became of it."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    act: ClassVar[str] = ""

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the return with this act open."""
        return self.show_return(self.find(reference), Form(), self.act)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Do it, or say why not."""
        permission = str(self.permissions["post"])
        asked, form = self.find(reference, permission), read_form(request.POST)
        form.anchors = {f"/{name}": f"{self.act}-{name}" for name in ("reason", "reference")}
        done = attempt(form, partial(self._do, asked, form))
        if done is None:
            again = self.find(reference)
            return self.show_return(again, form, self.act, status=form.status)
        url = reverse("portal:return", args=[done.code])
        return self.go(url, DONE[self.act]() % {"code": asked.code})

    def _do(self, asked: "Return", form: Form) -> "Return":
        names = ("content_hash", "reason", "reference")
        typed = without_blanks({name: form.value(f"/{name}") for name in names})
        return ACTS[self.act](self, asked, typed)

    def decide(self, service: Any, asked: "Return", typed: dict[str, Any]) -> "Return":
        """Approve or reject, bound to what was seen."""
        given = {"reason": "", **checked(DecisionIn, typed)}
        decided: Return = service(return_id=asked.pk, checker=self.viewer, at=self.at, **given)
        return decided

    def settle(self, service: Any, reader: Any, asked: "Return", typed: dict[str, Any]) -> "Return":
        """Note what became of it."""
        known = reader().fields
        given = checked(reader, {name: typed[name] for name in typed if name in known})
        settled: Return = service(return_id=asked.pk, by=self.viewer, at=self.at, **given)
        return settled

    def ask_again(self, asked: "Return", typed: dict[str, Any]) -> "Return":
        """Ask for what was written off to be expected again."""
        reason = checked(ReasonIn, {"reason": typed.get("reason", "")})["reason"]
        return services.request_recovery(
            write_off_id=asked.pk, reason=reason, by=self.viewer, at=self.at
        )


class DecideOnReturn(ActOnReturn):
    """Four eyes on money that goes back."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW, "post": DECIDE}


class SettleReturn(ActOnReturn):
    """What became of it at the bank."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW, "post": SEND}


class WithdrawReturn(ActOnReturn):
    """Who asked takes it back while it waits."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW, "post": REQUEST}


class AskForRecovery(ActOnReturn):
    """Written-off money that is to be expected again: a request of its own."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW, "post": REQUEST}


Work = Callable[[ActOnReturn, "Return", dict[str, Any]], "Return"]
ACTS: Mapping[str, Work] = {
    "approve": lambda page, *given: page.decide(services.approve_return, *given),
    "reject": lambda page, *given: page.decide(services.reject_return, *given),
    "withdraw": lambda page, asked, _typed: services.withdraw_return(
        return_id=asked.pk, by=page.viewer, at=page.at
    ),
    "sent": lambda page, *given: page.settle(services.send_refund, SentIn, *given),
    "failed": lambda page, *given: page.settle(services.fail_refund, ReasonIn, *given),
    "recover": lambda page, *given: page.ask_again(*given),
}
DONE: Mapping[str, Callable[[], str]] = {
    "approve": lambda: _("%(code)s is approved."),
    "reject": lambda: _("%(code)s is rejected."),
    "withdraw": lambda: _("%(code)s is taken back."),
    "sent": lambda: _("%(code)s is noted as sent."),
    "failed": lambda: _("%(code)s is noted as failed."),
    "recover": lambda: _("It is asked for; a second person decides."),
}


VIEWS: Mapping[str, type[ActOnReturn]] = {
    "approve": DecideOnReturn,
    "reject": DecideOnReturn,
    "withdraw": WithdrawReturn,
    "recover": AskForRecovery,
}


def view_of(act: str) -> Any:
    """Return the view of an act."""
    return VIEWS.get(act, SettleReturn).as_view(act=act)

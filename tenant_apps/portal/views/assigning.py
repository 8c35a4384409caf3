"""Give the review of a payment to somebody, a guest for example, or take it back."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from shared_apps.organizations.selectors import organization_settings
from shared_apps.web.pages.form import Form, attempt, checked, read_form, without_blanks
from tenant_apps.payments import review, services
from tenant_apps.payments.api.reviews import ASSIGN, AssignmentIn
from tenant_apps.payments.services import Assignment
from tenant_apps.portal import choices
from tenant_apps.portal.views.payments import PaymentPage

if TYPE_CHECKING:
    from tenant_apps.payments.models import Payment

NOT_WAITING = gettext_noop("This payment does not wait for a decision any more.")


class AssignReview(PaymentPage):
    """Give the review of a submitted payment to a person for a while."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": ASSIGN, "post": ASSIGN}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask to whom, and for how long, while it waits."""
        payment = self.find(reference)
        if not payment.is_submitted:
            raise services.PaymentAlreadyDecided(NOT_WAITING)
        return self._ask(payment, Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Give it."""
        payment, form = self.find(reference), read_form(request.POST)
        if attempt(form, partial(self._assign, payment, form)) is None:
            return self._ask(payment, form, status=form.status)
        return self.go(self.to(payment), _("The review is given; the reviewer hears of it."))

    def _assign(self, payment: "Payment", form: Form) -> object:
        typed = {name: form.value(f"/{name}") for name in ("reviewer", "hours")}
        given = checked(AssignmentIn, without_blanks(typed))
        assignment = Assignment(reviewer_id=given["reviewer"], hours=given.get("hours"))
        return services.assign_review(
            payment_id=payment.pk, assignment=assignment, by=self.viewer, at=self.at
        )

    def _ask(self, payment: "Payment", form: Form, status: int = 200) -> HttpResponseBase:
        return self.show(
            "payments/assign.html",
            status=status,
            payment=payment,
            form=form,
            held=review.held_review(payment.pk, at=self.at),
            reviewers=choices.reviewer_choices(without=payment.maker_id),
            hours=str(organization_settings().review_assignment_hours),
        )


class TakeReviewBack(PaymentPage):
    """Take the review of a payment back from whoever holds it."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": ASSIGN}

    def post(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Take it back."""
        payment, form = self.find(reference), Form()
        work = partial(services.release_review, payment_id=payment.pk, by=self.viewer, at=self.at)
        if attempt(form, work) is None:
            return self.go(self.to(payment), form.said, tone="bad")
        return self.go(self.to(payment), _("The payment is back in the queue."))

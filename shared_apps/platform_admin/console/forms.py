"""The console's forms: a change asks for a reason, and for a code unless one was given lately."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import DomainError
from shared_apps.platform_admin.slugs import why_not
from shared_apps.web.reference import currency_choices, list_time_zones
from tenant_apps.accounts.services import (
    Evidence,
    StepUpRequired,
    require_recent_proof,
    step_up,
)

if TYPE_CHECKING:
    from tenant_apps.accounts.models import SignIn

REASON_LENGTH = 500


class ReasonForm(forms.Form):
    """Why, and a code when the last proof of who one is lies too far back."""

    read_by = _("It stands in the audit log, for the organization to read as well.")
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )
    code = forms.CharField(
        label=_("Code of your authenticator app, or a recovery code"),
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, sign_in: "SignIn", at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sign_in, self.at = sign_in, at
        self.fields["reason"].help_text = self.read_by
        self.order_fields([*(name for name in self.fields if name not in ORDER), *ORDER])
        if _is_fresh(sign_in, at):
            del self.fields["code"]

    def clean_code(self) -> str:
        """Take the code as a new proof. Raises: ValidationError."""
        typed = str(self.cleaned_data["code"]).replace(" ", "")
        is_of_app = typed.isdigit() and len(typed) == 6
        evidence = Evidence(code=typed) if is_of_app else Evidence(recovery_code=typed)
        try:
            step_up(sign_in=self.sign_in, evidence=evidence, at=self.at)
        except DomainError as refusal:
            words = [problem.message for problem in refusal.problems] or [refusal.detail]
            raise forms.ValidationError(" ".join(words)) from None
        return ""

    def refuse(self, refusal: DomainError) -> None:
        """Take a service's refusal, at its field where there is one."""
        for problem in refusal.problems:
            name = problem.field.strip("/")
            self.add_error(name if name in self.fields else None, problem.message)
        if not refusal.problems:
            self.add_error(None, refusal.detail)


ORDER = ("reason", "code")


def _zones() -> list[tuple[str, str]]:
    return [(each.name, each.name) for each in list_time_zones(at=utc_now())]


class OwnReasonForm(ReasonForm):
    """Why something of the platform itself is changed: no organization reads that."""

    read_by = _("It stands in the platform's audit log.")


class HostForm(ReasonForm):
    """A host name for an organization."""

    host = forms.CharField(
        label=_("Host"),
        max_length=253,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("Without scheme and port, such as crm.example.com. Its DNS must lead here."),
    )


class FoundingForm(ReasonForm):
    """A new organization and its first owner."""

    slug = forms.CharField(label=_("Subdomain"), max_length=40, widget=UnfoldAdminTextInputWidget())
    name = forms.CharField(label=_("Name"), max_length=200, widget=UnfoldAdminTextInputWidget())
    currency = forms.ChoiceField(
        label=_("Currency"),
        initial="EUR",
        choices=currency_choices,
        widget=UnfoldAdminSelectWidget(),
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        initial="Europe/Berlin",
        choices=_zones,
        widget=UnfoldAdminSelectWidget(),
    )
    owner_email = forms.EmailField(label=_("Owner's address"), widget=UnfoldAdminEmailInputWidget())
    owner_first_name = forms.CharField(
        label=_("Owner's first name"), max_length=150, widget=UnfoldAdminTextInputWidget()
    )
    owner_last_name = forms.CharField(
        label=_("Owner's last name"), max_length=150, widget=UnfoldAdminTextInputWidget()
    )

    def clean_slug(self) -> str:
        """Refuse what cannot be had, beside whatever else is wrong. Raises: ValidationError."""
        slug = str(self.cleaned_data["slug"])
        if reason := why_not(slug):
            raise forms.ValidationError(reason)
        return slug


class OperatorForm(OwnReasonForm):
    """A new operator, who gets a link once."""

    email = forms.EmailField(label=_("E-mail address"), widget=UnfoldAdminEmailInputWidget())
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=UnfoldAdminTextInputWidget()
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=UnfoldAdminTextInputWidget()
    )


class VisitForm(ReasonForm):
    """Whom to act as, for how long."""

    person = forms.ChoiceField(label=_("Person"), widget=UnfoldAdminSelectWidget())
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=5,
        max_value=60,
        initial=30,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


def _is_fresh(sign_in: "SignIn", at: datetime) -> bool:
    try:
        require_recent_proof(sign_in, at=at)
    except StepUpRequired:
        return False
    return True

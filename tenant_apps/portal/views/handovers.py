"""Hand-overs: what a leaver works on goes to a colleague, today or on a day to come."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.web.references import parse_reference
from tenant_apps.handovers.api.views import HandOverIn
from tenant_apps.handovers.selectors import HAND_OVER, get_hand_over, list_hand_overs
from tenant_apps.handovers.services import NewHandOver, cancel_hand_over, plan_hand_over
from tenant_apps.portal import choices
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form, without_blanks
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.listing import page_of
from tenant_apps.portal.pages import Page

TYPED = ("leaver", "successor", "effective_on", "reason")
SWITCHES = ("takes_credit", "leaves")


class HandOvers(Page):
    """The hand-overs of one's people, and the form for another one."""

    is_read = True
    permissions: ClassVar[Mapping[str, str | None]] = {"get": HAND_OVER, "post": HAND_OVER}
    room = "deals"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the hand-overs, the newest first."""
        typed = {"effective_on": self.today.isoformat(), **dict.fromkeys(SWITCHES, "true")}
        return self._show(Form(typed=typed))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Plan one, once; with today's day it happens now."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        send = partial(once, request, form, actor=self.viewer.actor, work=make)
        if attempt(form, send) is None:
            return self._show(form, status=400)
        return self.go(reverse("portal:hand_overs"), _("The hand-over is noted."))

    def _make(self, form: Form) -> str:
        body: dict[str, Any] = without_blanks({name: form.value(f"/{name}") for name in TYPED})
        body |= {name: form.value(f"/{name}") == "true" for name in SWITCHES}
        values = checked(HandOverIn, body)
        people = {f"{name}_id": values.pop(name) for name in ("leaver", "successor")}
        made = plan_hand_over(new=NewHandOver(**people, **values), by=self.viewer, at=self.at)
        return made.code

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        shown = page_of(list_hand_overs(viewer=self.viewer), self.request)
        return self.show(
            "deals/hand_overs.html",
            status=status,
            form=form,
            shown=shown,
            leavers=choices.leaver_choices(self.viewer, on=self.today),
            colleagues=choices.colleague_choices(self.viewer, on=self.today),
        )


class CancelHandOver(Page):
    """Call a planned hand-over off."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": HAND_OVER}
    room = "deals"

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Call it off, unless it has happened."""
        found = get_hand_over(reference=parse_reference(reference), viewer=self.viewer)
        cancel_hand_over(hand_over_id=found.pk, by=self.viewer, at=self.at)
        return self.go(reverse("portal:hand_overs"), _("The hand-over is called off."))

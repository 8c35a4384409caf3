"""What becomes of a client: put away and back, joined with its duplicate, its data erased."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tenant_apps.clients import selectors, services
from tenant_apps.clients.api.serializers import MergeIn, ReasonIn
from tenant_apps.portal.choices import client_choices
from tenant_apps.portal.client_steps import ERASE, MERGE, PUT_AWAY, STEPS
from tenant_apps.portal.forms.form import Form, attempt, checked, read_form, without_blanks
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.moves import Move
from tenant_apps.portal.views.clients import ClientPage
from tenant_apps.portal.views.person import About

if TYPE_CHECKING:
    from tenant_apps.clients.models import Client


class ClientMove(ClientPage):
    """A step with a client: asked first, then taken."""

    step: ClassVar[Move]

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask whether it is meant."""
        return self._ask(self.find(reference, self.acting), Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Take the step, or say why not."""
        client, form = self.find(reference, self.acting), read_form(request.POST)
        if attempt(form, lambda: (self.take(client, form),)) is None:
            return self._ask(client, form, status=form.status)
        return self.go(self.to(client), str(self.step.done))

    @property
    def acting(self) -> str:
        """Return the permission that the step takes."""
        return str(self.permissions["post"])

    def take(self, client: "Client", form: Form) -> object:
        """Take the step."""
        raise NotImplementedError

    def _ask(self, client: "Client", form: Form, status: int = 200) -> HttpResponseBase:
        about = About(client.code, client.name)
        context = {"step": self.step, "form": form, "back": self.to(client), "about": about}
        return self.show("move.html", status=status, **context)


class PutAway(ClientMove):
    """Take a client out of the lists."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": PUT_AWAY, "post": PUT_AWAY}
    step = STEPS["archive"].move

    def take(self, client: "Client", form: Form) -> object:
        """Put it away."""
        return services.archive_client(client_id=client.pk, by=self.viewer, at=self.at)


class PutBack(ClientMove):
    """Put a client back into the lists."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": PUT_AWAY, "post": PUT_AWAY}
    step = STEPS["restore"].move

    def take(self, client: "Client", form: Form) -> object:
        """Put it back."""
        return services.restore_client(client_id=client.pk, by=self.viewer, at=self.at)


class Erase(ClientMove):
    """Erase what is known of the client's people."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": ERASE, "post": ERASE}
    step = STEPS["erase"].move

    def take(self, client: "Client", form: Form) -> object:
        """Erase it."""
        reason = checked(ReasonIn, {"reason": form.value("/reason")})["reason"]
        return services.anonymise_client(
            client_id=client.pk, reason=reason, by=self.viewer, at=self.at
        )


class Merge(ClientPage):
    """Join a client with another row that means the same one."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": MERGE, "post": MERGE}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Ask which one is the duplicate."""
        return self._ask(self.find(reference, MERGE), Form())

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Move everything here, once."""
        client, form = self.find(reference, MERGE), read_form(request.POST)
        make = partial(self._merge, client, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._ask(client, form, status=form.status)
        return self.go(to, _("The two are one now. The duplicate is put away and leads here."))

    def _merge(self, client: "Client", form: Form) -> str:
        typed = {name: form.value(f"/{name}") for name in ("duplicate", "reason")}
        given = checked(MergeIn, without_blanks(typed))
        duplicate = selectors.get_duplicate(reference=given["duplicate"], viewer=self.viewer)
        services.merge_clients(
            client_id=client.pk,
            duplicate_id=duplicate.pk,
            reason=given["reason"],
            by=self.viewer,
            at=self.at,
        )
        return self.to(client)

    def _ask(self, client: "Client", form: Form, status: int = 200) -> HttpResponseBase:
        choices = client_choices(self.viewer, on=self.today)
        others = [(code, label) for code, label in choices if code != client.code]
        context = {"client": client, "form": form, "others": others, "back": self.to(client)}
        return self.show("clients/merge.html", status=status, **context)

"""Clients: the list, one client with deals, statement and contacts, the form."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from shared_apps.kernel.errors import DomainError
from shared_apps.tenancy.context import current_tenant
from shared_apps.web.pages.form import Form, attempt, checked, read_form
from shared_apps.web.pages.reading import read_typed
from shared_apps.web.references import parse_id, parse_reference
from tenant_apps.clients import selectors, services
from tenant_apps.clients.api.serializers import ClientIn, ContactLogIn, NewClientIn, as_columns
from tenant_apps.deals.selectors import DealFilters, list_deals
from tenant_apps.invoices import client_accounts as accounts
from tenant_apps.ledger.statements import currencies_of_client, statement_of
from tenant_apps.payments.standing import with_account_status
from tenant_apps.portal.choices import country_choices
from tenant_apps.portal.client_steps import STEPS, Step
from tenant_apps.portal.forms.clients import (
    client_body,
    contact_body,
    people_names,
    people_of,
    typed_client,
)
from tenant_apps.portal.forms.once import once
from tenant_apps.portal.history import told
from tenant_apps.portal.listing import ListPage, page_of
from tenant_apps.portal.pages import Page
from tenant_apps.portal.rows import DealRow
from tenant_apps.portal.wording import choices_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from tenant_apps.clients.models import Client

VIEW, CREATE, EDIT = selectors.VIEW, "clients.create", "clients.edit"
PARTS = ("deals", "statement", "contacts", "history")
STATES = frozenset(value for value, _label in choices_of("client"))


class ClientList(ListPage):
    """The clients that the person may see."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}
    room = "clients"

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show a page of the clients, filtered by what was asked for."""
        filters = self.filters()
        return self.show(
            "clients/list.html",
            shown=page_of(self.listed(), request),
            states=choices_of("client"),
            is_filtered=bool(filters.status or filters.search),
            may_create=self.may(CREATE) and self.is_writable,
        )

    def filters(self) -> selectors.ClientFilters:
        """Return what was asked for."""
        asked = self.request.GET
        status = asked.get("status", "")
        return selectors.ClientFilters(
            status=status if status in STATES else None,
            search=asked.get("q", "").strip()[:200] or None,
            ordering="name" if asked.get("order") == "name" else "-created_at",
        )

    def listed(self) -> "QuerySet[Any]":
        """Return the clients that were asked for, with how they stand for whoever may see that."""
        clients = selectors.list_clients(viewer=self.viewer, filters=self.filters(), on=self.today)
        may_see_money = self.may(accounts.MONEY)
        return with_account_status(clients, today=self.today) if may_see_money else clients


class ClientPage(Page):
    """A page about one client."""

    room = "clients"

    def find(self, reference: str, permission: str = VIEW) -> "Client":
        """Return the client. Raises: Client.DoesNotExist."""
        return selectors.get_client(
            reference=parse_reference(reference), viewer=self.viewer, permission=permission
        )

    def may_edit(self, client: "Client") -> bool:
        """Return whether the client is the person's to edit."""
        return self.is_writable and self.is_theirs(client, EDIT)

    def is_theirs(self, client: "Client", permission: str) -> bool:
        """Return whether a permission of the person covers the client."""
        if not self.may(permission):
            return False
        return selectors.visible_clients(self.viewer, permission).filter(pk=client.pk).exists()

    def to(self, client: "Client", part: str = "") -> str:
        """Return the address of the client."""
        url = reverse("portal:client", args=[client.code])
        return f"{url}?part={part}" if part else url


class ClientDetail(ClientPage):
    """One client."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": VIEW}

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the client and one part of what is between us."""
        client = self.find(reference)
        parts = self._parts()
        asked = request.GET.get("part", "")
        part = asked if asked in dict(parts) else parts[0][0]
        return self.show_client(client, part, Form(typed={"kind": "call"}))

    def show_client(
        self, client: "Client", part: str, form: Form, status: int = 200
    ) -> HttpResponseBase:
        """Show the client, one part open; `form` is that of a new contact."""
        to_show = {
            "deals": self._deals,
            "statement": self._statement,
            "contacts": self._contacts,
            "history": self._history,
        }
        sees_money = self.may(accounts.MONEY)
        return self.show(
            "clients/detail.html",
            status=status,
            client=client,
            part=part,
            parts=[(self.to(client, name), label, name == part) for name, label in self._parts()],
            account=accounts.account_of(client, today=self.today) if sees_money else None,
            may_edit=self.may_edit(client) and not client.is_archived,
            may_deal=self.may("deals.create") and self.is_writable and not client.is_archived,
            steps=self._steps(client),
            contact=form,
            **to_show[part](client),
        )

    def _steps(self, client: "Client") -> list[Step]:
        """Return what the person may make of the client; whether it can be, its service says."""
        if not self.is_writable or client.merged_into_id or client.anonymised_at:
            return []
        away = STEPS["restore" if client.is_archived else "archive"]
        found = (away, STEPS["merge"], STEPS["erase"])
        return [step for step in found if self.is_theirs(client, step.permission)]

    def _parts(self) -> list[tuple[str, str]]:
        labels = {
            "deals": (_("Deals"), "deals.view"),
            "statement": (_("Statement"), accounts.MONEY),
            "contacts": (_("Contacts"), VIEW),
            "history": (_("History"), VIEW),
        }
        return [(name, text) for name, (text, needed) in labels.items() if self.may(needed)]

    def _deals(self, client: "Client") -> dict[str, Any]:
        deals = list_deals(
            viewer=self.viewer, filters=DealFilters(client=client.pk), today=self.today
        )
        shown = page_of(deals, self.request)
        return {"shown": shown, "rows": [DealRow(deal) for deal in shown.rows]}

    def _statement(self, client: "Client") -> dict[str, Any]:
        self.find(client.code, accounts.MONEY)
        currencies = currencies_of_client(client.pk) or [current_tenant().currency]
        asked = self.request.GET.get("currency", "")
        currency = asked if asked in currencies else currencies[0]
        return {
            "statement": statement_of(client.pk, currency=currency),
            "currencies": [(code, code) for code in currencies],
        }

    def _contacts(self, client: "Client") -> dict[str, Any]:
        entries = selectors.contact_log_of(client=client)
        return {"shown": page_of(entries, self.request)}

    def _history(self, client: "Client") -> dict[str, Any]:
        shown = page_of(accounts.activity_of(client, viewer=self.viewer), self.request)
        return {"shown": shown, "happenings": told(shown.rows)}


class LogContact(ClientDetail):
    """A contact with a client."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": EDIT, "post": EDIT}

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Lead to the client: the form stands there."""
        return self.go(self.to(self.find(reference), "contacts"))

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Log the contact."""
        client, form = self.find(reference), read_form(request.POST)
        if attempt(form, partial(self._log, form, client)) is None:
            return self.show_client(client, "contacts", form, status=400)
        return self.go(self.to(client, "contacts"), _("The contact is logged."))

    def _log(self, form: Form, client: "Client") -> object:
        new = services.NewContact(**checked(ContactLogIn, contact_body(form)))
        return services.log_contact(client_id=client.pk, new=new, by=self.viewer, at=self.at)


class FinishStep(ClientPage):
    """The next step of a contact is done."""

    permissions: ClassVar[Mapping[str, str | None]] = {"post": EDIT}

    def post(self, _request: HttpRequest, reference: str, entry: str) -> HttpResponseBase:
        """Tick it off."""
        client = self.find(reference)
        services.finish_next_step(
            client_id=client.pk, entry_id=parse_id(entry), by=self.viewer, at=self.at
        )
        return self.go(self.to(client, "contacts"), _("The next step is done."))


class NewClient(ClientPage):
    """A new client."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": CREATE, "post": CREATE}
    look_alikes: "Sequence[Client]" = ()

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self._show(Form(typed={"status": "prospect"}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Enter the client, once."""
        form = read_form(request.POST)
        make = partial(self._make, form)
        to = attempt(form, partial(once, request, form, actor=self.viewer.actor, work=make))
        if to is None:
            return self._show(form, status=400)
        return self.go(to, _("The client is entered."))

    def _make(self, form: Form) -> str:
        body = client_body(form) | {"is_another": bool(form.value("/is_another"))}
        read = read_typed(NewClientIn, body)
        known = read.values if read.is_whole else _to_check(read.values)
        new = services.NewClient(**as_columns(known))
        make = partial(services.create_client, new=new, by=self.viewer, at=self.at)
        try:
            return self.to(read.carry_out(partial(make, so_far=read.together)))
        except DomainError as refusal:
            alike = refusal.made_of(services.ClientLooksAlike)
            self.look_alikes = alike.look_alikes if alike else ()
            raise

    def _show(self, form: Form, status: int = 200) -> HttpResponseBase:
        form.parts = people_names(form)
        context = {"form": form, "people": people_of(form), "client": None}
        context["look_alikes"] = self.look_alikes
        return self.show("clients/form.html", status=status, countries=country_choices(), **context)


def _to_check(values: "Mapping[str, Any]") -> dict[str, Any]:
    """Return a client as far as it can be read; nothing depends on the people at it."""
    return {"name": "", **{name: values[name] for name in values if name != "contacts"}}


class EditClient(ClientPage):
    """Change a client."""

    permissions: ClassVar[Mapping[str, str | None]] = {"get": EDIT, "post": EDIT}

    def get(self, _request: HttpRequest, reference: str) -> HttpResponseBase:
        """Show the client as a form."""
        client = self.find(reference)
        form = Form(typed=typed_client(client), version=str(client.version))
        return self._show(client, form)

    def post(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        """Keep what was changed."""
        client, form = self.find(reference), read_form(request.POST)
        if attempt(form, partial(self._keep, form, client)) is None:
            return self._show(client, form, status=400)
        return self.go(self.to(client), _("The client is saved."))

    def _keep(self, form: Form, client: "Client") -> object:
        values = checked(ClientIn, client_body(form), partial=True)
        return services.update_client(
            client_id=client.pk,
            changes=as_columns(values),
            expected_version=form.expected_version(),
            by=self.viewer,
            at=self.at,
        )

    def _show(self, client: "Client", form: Form, status: int = 200) -> HttpResponseBase:
        form.parts = people_names(form)
        context = {"form": form, "people": people_of(form), "client": client}
        return self.show("clients/form.html", status=status, countries=country_choices(), **context)

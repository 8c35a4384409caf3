"""What the console calls what the database keeps, and what unfold says without any catalog."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.contrib.admin.filters import AllValuesFieldListFilter, ChoicesFieldListFilter
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy, gettext_noop, pgettext_lazy

Text = str | Promise

# statuses of organizations, operators, schemas and jobs, and who acted: as the rows keep them
WORDS: Mapping[str, Text] = {
    "requested": pgettext_lazy("status", "requested"),
    "provisioning": pgettext_lazy("status", "provisioning"),
    "trial": pgettext_lazy("status", "trial"),
    "active": pgettext_lazy("status", "active"),
    "past_due": pgettext_lazy("status", "past due"),
    "suspended": pgettext_lazy("status", "suspended"),
    "closing": pgettext_lazy("status", "closing"),
    "erased": pgettext_lazy("status", "erased"),
    "failed": pgettext_lazy("status", "failed"),
    "invited": pgettext_lazy("status", "invited"),
    "ready": pgettext_lazy("status", "ready"),
    "migrating": pgettext_lazy("status", "migrating"),
    "ok": pgettext_lazy("status", "ok"),
    "user": pgettext_lazy("who acted", "user"),
    "service_account": pgettext_lazy("who acted", "service account"),
    "operator": pgettext_lazy("who acted", "operator"),
    "system": pgettext_lazy("who acted", "system"),
}

# in English what Django makes of the fields' names, or a shorter word
FIELDS: Mapping[str, Text] = {
    "actor_id": pgettext_lazy("field", "actor id"),
    "actor_kind": pgettext_lazy("field", "actor kind"),
    "actor_label": pgettext_lazy("field", "actor label"),
    "attempts": pgettext_lazy("field", "attempts"),
    "created_at": pgettext_lazy("field", "created at"),
    "currency": pgettext_lazy("field", "currency"),
    "domain": pgettext_lazy("field", "domain"),
    "email": pgettext_lazy("field", "email"),
    "ended_at": pgettext_lazy("field", "ended at"),
    "ends_at": pgettext_lazy("field", "ends at"),
    "entered_at": pgettext_lazy("field", "entered at"),
    "error": pgettext_lazy("field", "error"),
    "failure": pgettext_lazy("field", "failure"),
    "finished_at": pgettext_lazy("field", "finished at"),
    "first_name": pgettext_lazy("field", "first name"),
    "generation": pgettext_lazy("field", "generation"),
    "ip": pgettext_lazy("field", "ip"),
    "is_primary": pgettext_lazy("field", "primary"),
    "last_login": pgettext_lazy("field", "last sign-in"),
    "last_name": pgettext_lazy("field", "last name"),
    "lease_until": pgettext_lazy("field", "lease until"),
    "leased_by": pgettext_lazy("field", "leased by"),
    "legal_name": pgettext_lazy("field", "legal name"),
    "name": pgettext_lazy("field", "name"),
    "on_behalf_of": pgettext_lazy("field", "on behalf of"),
    "operator_id": pgettext_lazy("field", "operator id"),
    "operator_label": pgettext_lazy("field", "operator label"),
    "organization_id": pgettext_lazy("field", "organization id"),
    "organization_slug": pgettext_lazy("field", "organization"),
    "person_id": pgettext_lazy("field", "person id"),
    "person_label": pgettext_lazy("field", "person label"),
    "plan_hash": pgettext_lazy("field", "plan hash"),
    "reason": pgettext_lazy("field", "reason"),
    "recorded_at": pgettext_lazy("field", "recorded at"),
    "request_id": pgettext_lazy("field", "request id"),
    "schema": pgettext_lazy("field", "schema"),
    "schema_name": pgettext_lazy("field", "schema name"),
    "slug": pgettext_lazy("field", "subdomain"),
    "started_at": pgettext_lazy("field", "started at"),
    "status": pgettext_lazy("field", "status"),
    "subject_id": pgettext_lazy("field", "subject id"),
    "subject_type": pgettext_lazy("field", "subject type"),
    "tenant": pgettext_lazy("field", "tenant"),
    "timezone": pgettext_lazy("field", "timezone"),
    "updated_at": pgettext_lazy("field", "updated at"),
}

APPS: Mapping[str, Text] = {
    "organizations": gettext_lazy("Organizations"),
    "tenancy": gettext_lazy("Tenancy"),
    "audit": gettext_lazy("Audit"),
    "accounts": gettext_lazy("Accounts"),
}

# the roles that come with the product, by the names under which organizations have them
ROLES = (
    *(gettext_noop("Owner"), gettext_noop("Organization Admin"), gettext_noop("Finance")),
    *(gettext_noop("Verifier"), gettext_noop("Team Lead"), gettext_noop("Salesperson")),
    *(gettext_noop("Auditor"), gettext_noop("Reviewer"), gettext_noop("Team Member")),
)

# what unfold's pages say: it comes without catalogs, and Django's do not know these
UNFOLD = (
    gettext_noop("False"),
    gettext_noop("Go back"),
    gettext_noop("Reset filters"),
    gettext_noop("Select record"),
    gettext_noop("True"),
    gettext_noop("Type to search"),
)


def word_for(kept: str) -> Text:
    """Return the word for a status or a kind as rows keep it; what is none stays as it is."""
    return WORDS.get(kept, kept)


def role_word(name: str) -> str:
    """Return the name of a role in the language at work; an organization's own keeps its name."""
    return gettext(name) if name in ROLES else name


def name_apps() -> None:
    """Give the apps the names that the console shows above their rows."""
    for label, name in APPS.items():
        apps.get_app_config(label).verbose_name = name  # type: ignore[assignment]  # shown alone


def name_fields(model: type[Model]) -> None:
    """Give a model's fields their words; migrations keep to the names that the models give."""
    for field in model._meta.fields:  # noqa: SLF001  as Django's admin reads it
        if field.name in FIELDS:
            field.verbose_name = FIELDS[field.name]  # type: ignore[assignment]  # shown alone


def in_words(choices: Iterator[Any], say: Callable[[str], Text]) -> Iterator[Any]:
    """Yield a filter's choices in words; the count behind one stays there."""
    for each in choices:
        shown, bracket, count = str(each["display"]).partition(" (")
        yield {**each, "display": f"{say(shown)}{bracket}{count}"}


class KindFilter(AllValuesFieldListFilter):
    """Kinds, as rows keep them."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices in the console's words."""
        return in_words(super().choices(changelist), word_for)


class StatusFilter(ChoicesFieldListFilter):
    """Statuses; their choices have names of Django's making, such as "Past Due"."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices in the console's words, each as a line of its own."""
        return in_words(super().choices(changelist), _status_line)


def _status_line(shown: str) -> str:
    kept = shown.lower().replace(" ", "_")
    return str(capfirst(str(WORDS[kept]))) if kept in WORDS else shown

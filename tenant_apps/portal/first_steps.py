"""What a new organization does first: read from facts, for whoever may do it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from shared_apps.organizations.selectors import read_choices
from tenant_apps.access.scopes import people_with
from tenant_apps.clients.selectors import has_clients
from tenant_apps.deals.selectors import has_deals, list_tax_rates
from tenant_apps.payments.selectors import has_payments, has_verified_payment
from tenant_apps.portal.wording import Text

COOKIE, HIDDEN, SHOWN = "first_steps", "hidden", "shown"
DECIDE = "payments.decide"


class Facts:
    """What has been done already, by anybody; each is read when it is first asked for."""

    @cached_property
    def is_verified(self) -> bool:
        """Whether money was ever verified: then there was a client, a payment and two people."""
        return has_verified_payment()

    @cached_property
    def is_settled(self) -> bool:
        """Whether invoices can name the organization: they ask for just this."""
        row = read_choices().organization
        return bool(row.legal_name and row.billing_address.get("country"))

    @cached_property
    def is_taxed(self) -> bool:
        """Whether there is a tax rate."""
        return list_tax_rates().exists()

    @cached_property
    def is_checked(self) -> bool:
        """Whether two people may verify, so that each payment has somebody who did not enter it."""
        return self.is_verified or len(people_with(DECIDE)) > 1

    @cached_property
    def has_client(self) -> bool:
        """Whether there is a client."""
        return self.is_verified or has_clients()

    @cached_property
    def has_deal(self) -> bool:
        """Whether there is a deal."""
        return has_deals()

    @cached_property
    def has_payment(self) -> bool:
        """Whether there is a payment."""
        return self.is_verified or has_payments()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A step: the permission that it takes, where it is done, and the fact that says it is."""

    permission: str
    label: Text
    text: Text
    room: str
    fact: str
    part: str = ""


@dataclass(frozen=True)
class Step:
    """A step as one person sees it."""

    label: Text
    text: Text
    url: str
    is_done: bool


KINDS: tuple[Kind, ...] = (
    Kind(
        permission="settings.manage",
        label=_("Say who you are"),
        text=_(
            "Invoices need the legal name and the address. Look over logo, currency and time zone "
            "as well."
        ),
        room="settings_part",
        part="organization",
        fact="is_settled",
    ),
    Kind(
        permission="products.edit",
        label=_("Enter your tax rates"),
        text=_("The lines of deals and invoices are taxed by them."),
        room="taxes",
        fact="is_taxed",
    ),
    Kind(
        permission="people.manage",
        label=_("Invite somebody who verifies"),
        text=_(
            "Nobody verifies a payment that they entered, so it takes a second person. This is "
            "done once that person has signed in."
        ),
        room="person_invite",
        fact="is_checked",
    ),
    Kind(
        permission="clients.create",
        label=_("Add the first client"),
        text=_("Whoever buys from you, with the name and address that invoices bear."),
        room="client_new",
        fact="has_client",
    ),
    Kind(
        permission="deals.create",
        label=_("Enter the first deal"),
        text=_("What was sold, for how much, and when it is to be paid."),
        room="deal_new",
        fact="has_deal",
    ),
    Kind(
        permission="payments.submit",
        label=_("Enter the first payment"),
        text=_("Money that came in, with its proof; it waits in the queue then."),
        room="payment_new",
        fact="has_payment",
    ),
    Kind(
        permission=DECIDE,
        label=_("Verify the first payment"),
        text=_("Somebody else than who entered it compares it with its proof and approves it."),
        room="queue",
        fact="is_verified",
    ),
)


def first_steps(may: Callable[[str], bool]) -> list[Step]:
    """Return the steps that a person may do; none once all of these are done."""
    facts = Facts()
    steps = [_as_step(kind, facts) for kind in KINDS if may(kind.permission)]
    return [] if all(step.is_done for step in steps) else steps


def _as_step(kind: Kind, facts: Facts) -> Step:
    url = reverse(f"portal:{kind.room}", args=[kind.part] if kind.part else [])
    return Step(kind.label, kind.text, url, bool(getattr(facts, kind.fact)))

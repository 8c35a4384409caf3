"""Steps of selling: clients and deals."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from shared_apps.organizations.selectors import local_day_of
from tenant_apps.clients.services import (
    NewClient,
    anonymise_client,
    archive_client,
    create_client,
    merge_clients,
    restore_client,
)
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import get_deal
from tenant_apps.deals.services import (
    DealChanges,
    NewDeal,
    amend_deal,
    archive_deal,
    cancel_deal,
    create_deal,
    lose_deal,
    reopen_deal,
    submit_deal,
    update_deal,
    win_deal,
)
from tenant_apps.returns.services import request_write_off
from tests.histories.desk import CLIENT, DEAL, Desk, numbers
from tests.histories.terms import Wish, wishes

SELLERS, MANAGERS = ("olga", "sam", "olga", "suki"), ("olga", "adam")
NAMES = ("Nova", "Lumen", "Brick & Co")
CLIENT_VERBS = {
    "active": ("enter", "enter", "archive", "merge", "merge", "merge", "anonymise"),
    "archived": ("restore", "merge", "anonymise"),
}
DEAL_VERBS = {
    "draft": ("submit", "submit", "change", "credit", "archive"),
    "open": ("win", "win", "win", "change", "credit", "lose"),
    "won": ("amend", "amend", "reopen", "cancel", "write_off"),
    "lost": ("reopen",),
}


class ClientSteps(Desk):
    """What happens to clients."""

    @rule(which=numbers, other=numbers, verb=numbers, who=numbers)
    def move_client(self, which: int, other: int, verb: int, who: int) -> None:
        """Enter, archive, restore, merge or anonymise a client."""
        client, state = self.row(CLIENT, which)
        name = self.verb(CLIENT_VERBS, state, verb)
        acts: Mapping[str, tuple[str, Any]] = {
            "enter": (
                "create",
                partial(create_client, new=NewClient(name=NAMES[which % 3], is_another=True)),
            ),
            "archive": ("archive", partial(archive_client, client_id=client)),
            "restore": ("archive", partial(restore_client, client_id=client)),
            "merge": (
                "merge",
                partial(
                    merge_clients,
                    client_id=client,
                    duplicate_id=self.row(CLIENT, other)[0],
                    reason="One firm",
                ),
            ),
            "anonymise": ("anonymise", partial(anonymise_client, client_id=client, reason="Asked")),
        }
        permission, service = acts[name]
        self.attempt(
            self.someone(("sam", "suki") if name == "enter" else MANAGERS, who),
            f"clients.{permission}",
            lambda by, at: service(by=by, at=at),
            f"tries to {name} client {which} ({state}; other {other})",
        )


class DealSteps(Desk):
    """What happens to deals."""

    @rule(
        which=numbers,
        who=numbers,
        status=st.sampled_from(["draft", "open", "won"]),
        wish=wishes,
        currency=st.sampled_from(["USD", "USD", "JPY"]),
    )
    def enter_deal(self, which: int, who: int, status: str, wish: Wish, currency: str) -> None:
        """Enter a deal with one line, credited to one or two sellers."""
        client, _ = self.row(CLIENT, which)
        today = local_day_of(self.office.now)
        new = NewDeal(
            name="Website",
            client=client,
            status=status,
            lines=wish.terms.lines(currency, today),
            instalments=wish.terms.instalments(currency, today),
            prices_include_tax=wish.terms.includes_tax,
            splits=wish.splits(self.office.people),
        )
        self.attempt(
            self.someone(SELLERS, who),
            "deals.create",
            lambda by, at: create_deal(new=new, by=by, at=at),
            f"enters a {status} deal in {currency} for client {which}: {wish}",
        )

    @rule(which=numbers, verb=numbers, who=numbers, wish=wishes)
    def move_deal(self, which: int, verb: int, who: int, wish: Wish) -> None:
        """Do with a deal what can be done in its state, or what cannot."""
        deal, state = self.row(DEAL, which, "open", "won")
        name = self.verb(DEAL_VERBS, state, verb)
        held = Deal.objects.select_related("current_version").get(pk=deal)
        if name == "write_off":
            self._ask_write_off(held, who)
            return
        owner = next(name for name, each in self.office.people.items() if each.pk == held.owner_id)
        self.attempt(
            self.someone((owner, owner, "olga"), who),
            "deals.edit",
            lambda by, at: self._acts(held, wish)[name](deal_id=held.pk, by=by, at=at),
            f"tries to {name} {held.code} ({state}): {wish}",
        )

    def _acts(self, held: Deal, wish: Wish) -> Mapping[str, Callable[..., Any]]:
        terms = wish.changes_of(held, local_day_of(self.office.now))
        people = DealChanges(
            header={"owner_id": self.office.people[wish.owner].pk},
            splits=wish.splits(self.office.people),
        )
        update = partial(update_deal, expected_version=held.version)
        return {
            "submit": submit_deal,
            "win": win_deal,
            "lose": partial(lose_deal, reason="No budget"),
            "reopen": reopen_deal,
            "cancel": partial(cancel_deal, reason="Called off"),
            "archive": archive_deal,
            "amend": partial(amend_deal, changes=terms, reason="More work"),
            "change": partial(update, changes=DealChanges(terms=terms)),
            "credit": partial(update, changes=people),
        }

    def _ask_write_off(self, held: Deal, who: int) -> None:
        def act(by: Any, at: Any) -> None:
            get_deal(reference=held.pk, viewer=by)
            request_write_off(deal_id=held.pk, reason="Insolvent", by=by, at=at)

        asker = self.someone(("fay", "olga"), who)
        self.attempt(asker, "returns.request", act, f"asks to write {held.code} off")

"""An explanation in plain language: the same tree, read aloud."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import shown
from tenant_apps.commissions.explanation import Tree, evaluate, find_node, value_of


def sentences_of(tree: Tree, *, period: str, show: Callable[[Money], str] = shown) -> list[str]:
    """Return the steps of a line as sentences, in the order of the calculation.

    `period` names that of the ladder, `show` writes an amount. Raises: BrokenExplanation.
    """
    said = _Reader(tree, show)
    values = {name: said.amount(name) for name in AMOUNTS} | {
        "period": period,
        "share": said.share(),
        "rate": said.plain("rate_percent"),
        "result": show(evaluate(tree)),
    }
    return [sentence % values for sentence in _sentences()]


AMOUNTS = (
    *("applied", "applied_before", "applied_after", "deal_total", "deal_net"),
    *("collected_net_before", "collected_net_after", "credited_before", "credited_after"),
    *("credited_base", "ladder_base_before", "ladder_base_after"),
    *("target_after", "accrued_before"),
)


def _sentences() -> list[str]:
    return [
        _(
            "The payment brought %(applied)s; with %(applied_before)s before, the deal has "
            "received %(applied_after)s of %(deal_total)s."
        ),
        _(
            "Net of tax that is %(collected_net_after)s of %(deal_net)s; "
            "%(collected_net_before)s of it was credited before."
        ),
        _(
            "The share of %(share)s %% is %(credited_after)s so far; less %(credited_before)s "
            "credited before, %(credited_base)s is new."
        ),
        _(
            "In %(period)s the credited base rises from %(ladder_base_before)s to "
            "%(ladder_base_after)s."
        ),
        _(
            "At %(rate)s %% that earns %(target_after)s; %(accrued_before)s was accrued before, "
            "so this line is %(result)s."
        ),
    ]


class _Reader:
    """Reads named nodes of one tree as people write them."""

    def __init__(self, tree: Tree, show: Callable[[Money], str]) -> None:
        self.tree = tree
        self.show = show
        self.currency: str = tree["currency"]

    def amount(self, name: str) -> str:
        value = value_of(find_node(self.tree, name=name))
        return self.show(Money.rounded(value, self.currency))

    def plain(self, name: str) -> str:
        return _trimmed(find_node(self.tree, name=name)["value"])

    def share(self) -> str:
        node = find_node(self.tree, name="credited_after")
        return _trimmed(node["of"][1 + node["position"]]["value"])


def _trimmed(decimal: str) -> str:
    return shown(Decimal(decimal).normalize())

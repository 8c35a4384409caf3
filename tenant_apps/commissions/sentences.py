"""An explanation in plain language: the same tree, read aloud."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext as _

from shared_apps.kernel.money import Money
from shared_apps.kernel.wording import shown
from tenant_apps.commissions.explanation import Tree, evaluate, find_node, value_of


def sentences_of(
    tree: Tree, *, period: str, show: Callable[[Money], str] = shown, source: str = ""
) -> list[str]:
    """Return the steps of a line as sentences, in the order of the calculation.

    `period` names that of the ladder, `show` writes an amount, `source` says what took money back
    where that is known. Raises: BrokenExplanation.
    """
    said, result = _Reader(tree, show), evaluate(tree)
    values = {name: said.amount(name) for name in AMOUNTS} | {
        "period": period,
        "share": said.share(),
        "rate": said.plain("rate_percent"),
        "result": show(result),
        "source": source or _("Money that went back"),
        "given_back": show(-said.money("applied")),
        "taken_off": show(-said.money("credited_base")),
        "taken_back": show(-result),
    }
    is_taken_back = said.money("applied").amount < 0
    return [sentence % values for sentence in (_taken_back() if is_taken_back else _sentences())]


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
            "The share of %(share)s%% is %(credited_after)s so far; less %(credited_before)s "
            "credited before, %(credited_base)s is new."
        ),
        _(
            "In %(period)s the credited base rises from %(ladder_base_before)s to "
            "%(ladder_base_after)s."
        ),
        _(
            "At %(rate)s%% that earns %(target_after)s; %(accrued_before)s was accrued before, "
            "so this line is %(result)s."
        ),
    ]


def _taken_back() -> list[str]:
    """Return the same steps for money that the deal gave back."""
    return [
        _(
            "%(source)s: the deal gave %(given_back)s back; of %(applied_before)s before, it keeps "
            "%(applied_after)s of %(deal_total)s."
        ),
        _(
            "Net of tax that is %(collected_net_after)s of %(deal_net)s; "
            "%(collected_net_before)s of it was credited before."
        ),
        _(
            "The share of %(share)s%% is %(credited_after)s now; %(credited_before)s was credited "
            "before, so %(taken_off)s is taken off."
        ),
        _(
            "In %(period)s the credited base falls from %(ladder_base_before)s to "
            "%(ladder_base_after)s."
        ),
        _(
            "At %(rate)s%% that earns %(target_after)s; %(accrued_before)s was accrued before, "
            "so this line takes back %(taken_back)s of commission."
        ),
    ]


class _Reader:
    """Reads named nodes of one tree as people write them."""

    def __init__(self, tree: Tree, show: Callable[[Money], str]) -> None:
        self.tree = tree
        self.show = show
        self.currency: str = tree["currency"]

    def money(self, name: str) -> Money:
        return Money.rounded(value_of(find_node(self.tree, name=name)), self.currency)

    def amount(self, name: str) -> str:
        return self.show(self.money(name))

    def plain(self, name: str) -> str:
        return _trimmed(find_node(self.tree, name=name)["value"])

    def share(self) -> str:
        node = find_node(self.tree, name="credited_after")
        return _trimmed(node["of"][1 + node["position"]]["value"])


def _trimmed(decimal: str) -> str:
    return shown(Decimal(decimal).normalize())

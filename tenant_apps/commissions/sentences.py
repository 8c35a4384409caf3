"""An explanation in plain language: the same tree, read aloud."""

from shared_apps.kernel.money import Money
from tenant_apps.commissions.explanation import Tree, evaluate, find_node, value_of


def sentences_of(tree: Tree, *, period: str) -> list[str]:
    """Return the steps of a line as sentences, in the order of the calculation.

    `period` is the key of the ladder. Raises: BrokenExplanation.
    """
    said = _Reader(tree)
    return [
        f"The payment brought {said.amount('applied')}; with {said.amount('applied_before')} "
        f"before, the deal has received {said.amount('applied_after')} of "
        f"{said.amount('deal_total')}.",
        f"Net of tax that is {said.amount('collected_net_after')} of {said.amount('deal_net')}; "
        f"{said.amount('collected_net_before')} of it was credited before.",
        f"The share of {said.share()} % is {said.amount('credited_after')} so far; less "
        f"{said.amount('credited_before')} credited before, {said.amount('credited_base')} is new.",
        f"In {period} the credited base rises from {said.amount('ladder_base_before')} to "
        f"{said.amount('ladder_base_after')}.",
        f"At {said.plain('rate_percent')} % that earns {said.amount('target_after')}; "
        f"{said.amount('accrued_before')} was accrued before, so this line is {evaluate(tree)}.",
    ]


class _Reader:
    """Reads named nodes of one tree as people write them."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.currency: str = tree["currency"]

    def amount(self, name: str) -> str:
        value = value_of(find_node(self.tree, name=name))
        return str(Money.rounded(value, self.currency))

    def plain(self, name: str) -> str:
        return _trimmed(find_node(self.tree, name=name)["value"])

    def share(self) -> str:
        node = find_node(self.tree, name="credited_after")
        return _trimmed(node["of"][1 + node["position"]]["value"])


def _trimmed(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".") if "." in decimal else decimal

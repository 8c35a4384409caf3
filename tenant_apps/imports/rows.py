"""The rows of a CRM's pipeline, understood: dates, amounts, names. Pure, no database."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date

from shared_apps.kernel.calendar import FIRST, LAST, is_in_calendar
from shared_apps.kernel.money import InvalidAmount, Money
from tenant_apps.imports.reading import BadRow

TEAM_COLUMNS = ("sales_agent", "manager", "regional_office")
ACCOUNT_COLUMNS = ("account", "sector", "year_established", "revenue", "employees",
                   "office_location", "subsidiary_of")  # fmt: skip
PRODUCT_COLUMNS = ("product", "series", "sales_price")
PIPELINE_COLUMNS = ("opportunity_id", "sales_agent", "product", "account", "deal_stage",
                    "engage_date", "close_date", "close_value")  # fmt: skip

PRODUCT_ALIASES = {"GTXPro": "GTX Pro"}
MISSPELT_SECTORS = frozenset({"technolgy"})
STAGES = ("Prospecting", "Engaging", "Won", "Lost")
# Decimal itself would also take 1_000, 1e3, NaN and the digits of other scripts.
_DIGITS = re.compile(r"-?\d{1,40}(\.\d+)?", re.ASCII)
MAX_VALUE = 10**12 - 1
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class AgentRow:
    """A seller, who leads them, and from which office."""

    name: str
    manager: str
    regional_office: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A client as the CRM knows it; what we have no column for is kept as remarks."""

    name: str
    sector: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product and its list price."""

    name: str
    series: str
    list_price: Money


@dataclass(frozen=True, slots=True)
class OpportunityRow:
    """An opportunity. `value` is None where the CRM does not know one."""

    opportunity_id: str
    agent: str
    product: str
    account: str
    stage: str
    engaged_on: date | None
    closed_on: date | None
    value: Money | None
    product_as_written: str

    @property
    def is_product_renamed(self) -> bool:
        """Return whether the file calls the product by a name that only it uses."""
        return self.product != self.product_as_written

    @property
    def is_won(self) -> bool:
        """Return whether the opportunity was won."""
        return self.stage == "Won"

    @property
    def is_lost(self) -> bool:
        """Return whether the opportunity was lost."""
        return self.stage == "Lost"

    @property
    def is_open(self) -> bool:
        """Return whether the opportunity is still open; its stage is then one of ours."""
        return not (self.is_won or self.is_lost)


def parse_agent(values: Mapping[str, str]) -> AgentRow:
    """Return a row of the teams. Raises: BadRow."""
    return AgentRow(
        name=_text(values, "sales_agent"),
        manager=_text(values, "manager"),
        regional_office=values["regional_office"],
    )


def parse_account(values: Mapping[str, str]) -> AccountRow:
    """Return a row of the accounts. Raises: BadRow."""
    kept = [name for name in ACCOUNT_COLUMNS if name not in {"account", "sector"}]
    facts = tuple((name, values[name]) for name in kept if values[name])
    return AccountRow(name=_text(values, "account"), sector=values["sector"], facts=facts)


def parse_product(values: Mapping[str, str], *, currency: str) -> ProductRow:
    """Return a row of the products. Raises: BadRow."""
    name, price = _text(values, "product"), _text(values, "sales_price")
    return ProductRow(name=name, series=values["series"], list_price=_money(price, currency))


def parse_opportunity(values: Mapping[str, str], *, currency: str) -> OpportunityRow:
    """Return a row of the pipeline.

    Raises: BadRow: a value that is none, an unknown stage, a won row without day or value.
    """
    product = _text(values, "product")
    value = values["close_value"]
    row = OpportunityRow(
        opportunity_id=_text(values, "opportunity_id"),
        agent=_text(values, "sales_agent"),
        product=PRODUCT_ALIASES.get(product, product),
        account=values["account"],
        stage=_text(values, "deal_stage"),
        engaged_on=_date(values, "engage_date"),
        closed_on=_date(values, "close_date"),
        value=_money(value, currency) if value else None,
        product_as_written=product,
    )
    _check_opportunity(row)
    return row


def hash_of(row: AgentRow | AccountRow | ProductRow | OpportunityRow) -> str:
    """Return the SHA-256 of everything that the import uses of a row."""
    canonical = json.dumps(asdict(row), sort_keys=True, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_opportunity(row: OpportunityRow) -> None:
    if row.stage not in STAGES:
        raise BadRow(f"deal_stage {row.stage!r} is none of {', '.join(STAGES)}.")
    if not row.is_open and row.closed_on is None:
        raise BadRow(f"A row with stage {row.stage} needs a close_date.")
    if row.is_won and row.value is None:
        raise BadRow("A won row needs a close_value.")
    if row.engaged_on and row.closed_on and row.closed_on < row.engaged_on:
        raise BadRow(f"It closed on {row.closed_on}, before it began on {row.engaged_on}.")


def _text(values: Mapping[str, str], name: str) -> str:
    if not values[name]:
        raise BadRow(f"{name} is empty.")
    return values[name]


def _date(values: Mapping[str, str], name: str) -> date | None:
    text = values[name]
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        month, day, year = (int(part) for part in found.groups()) if found else (0, 0, 0)
        day_of_year = date(year, month, day)
    except ValueError:
        raise BadRow(f"{name} {text!r} is not a date like 3/31/2017.") from None
    if not is_in_calendar(day_of_year):
        raise BadRow(f"{name} {text!r} is not between {FIRST.year} and {LAST.year}.")
    return day_of_year


def _money(text: str, currency: str) -> Money:
    if not _DIGITS.fullmatch(text):
        raise BadRow(f"{text!r} is not a number like 1234.50.")
    try:
        money = Money.of(text, currency)
    except InvalidAmount as error:
        raise BadRow(str(error)) from None
    if money.amount < 0:
        raise BadRow(f"{text} is negative.")
    if money.amount > MAX_VALUE:
        raise BadRow(f"{text} is out of range: at most {MAX_VALUE:,}.")
    return money

"""A deal as it is typed, in the words of the API."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from shared_apps.kernel.models import money_of
from shared_apps.web.pages.form import Form, money, rows, without_blanks
from tenant_apps.deals.selectors import list_products
from tenant_apps.portal.formatting import read_amount, type_amount, type_rate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenant_apps.deals.models import Deal, DealVersion, Product
    from tenant_apps.deals.selectors import CreditedShare

HEADER = (
    *("client", "name", "status", "stage", "project", "source"),
    *("deal_on", "expected_close_on", "remarks"),
)
LINE = ("product", "description", "unit_price")
SPLIT = ("payee", "share_percent")
PART = ("due_on", "amount")
GROUPS: Mapping[str, tuple[str, ...]] = {"lines": LINE, "splits": SPLIT, "instalments": PART}
RATES = ("quantity", "discount_percent", "tax_rate_percent", "share_percent")
PAYMENT_AMOUNTS = ("amount", "bank_fee", "withholding")


def drop_row(form: Form, step: str) -> str:
    """Leave out the row that "lines-0" names by its place on the page; return its group."""
    group, _minus, number = step.partition("-")
    rows = form.typed.get(group) if group in GROUPS else None
    if not isinstance(rows, list) or not number.isdecimal() or len(number) > 3:
        return ""
    del rows[int(number) : int(number) + 1]
    return group


def focus_after(form: Form, group: str, *, has_products: bool) -> str:
    """Return the control that comes next after a group got or lost a row: one of its last row."""
    count = len(form.typed.get(group, ()))
    first = GROUPS[group][0] if group in GROUPS else ""
    if first == "product" and not has_products:
        first = "description"
    return f"/{group}/{count - 1}/{first}" if count and first else ""


def part_names(form: Form) -> dict[str, str]:
    """Return what the parts of the form are called, and each row by its place on the page."""
    names = {
        "/lines": _("Lines"),
        "/instalments": _("Instalments"),
        "/splits": pgettext("shares", "Credit"),
        "/payment": _("First payment"),
    }
    rows_said = {
        "lines": _("Line %(n)s"),
        "instalments": _("Instalment %(n)s"),
        "splits": _("Share %(n)s"),
    }
    for group, said in rows_said.items():
        for place in range(len(form.typed.get(group, ()))):
            names[f"/{group}/{place}"] = said % {"n": place + 1}
    return names


def drop_blank_rows(form: Form, *, kept: str = "") -> None:
    """Leave out the rows that say nothing, so that each place of a problem is one on the page.

    Those of the `kept` group stay: its rows are being added or taken away one by one.
    """
    for name, telling in GROUPS.items():
        if name == kept and isinstance(form.typed.get(name), list):
            form.typed[name] = [row for row in form.typed[name] if isinstance(row, dict)]
        else:
            form.typed[name] = rows(form.typed, name, telling=telling)


def terms_body(form: Form, currency: str) -> dict[str, Any]:
    """Return lines and instalments as the API reads them."""
    products = _products_of(form.typed.get("lines", []))
    lines = [_line(row, currency, products) for row in form.typed.get("lines", [])]
    parts = [_with_money(row, ("amount",), currency) for row in form.typed.get("instalments", [])]
    included = form.typed.get("prices_include_tax") == "true"
    return {
        "lines": lines,
        "instalments": parts,
        "prices_include_tax": included,
        "terms": form.value("/terms"),
    }


def splits_body(form: Form) -> list[dict[str, Any]]:
    """Return the shares as the API reads them."""
    return [_plain(row) for row in form.typed.get("splits", [])]


def new_deal_body(form: Form, currency: str, *, has_proof: bool = False) -> dict[str, Any]:
    """Return a new deal, and its first payment if anything of it was given, as the API reads."""
    header = without_blanks({name: form.typed.get(name) for name in HEADER})
    body = header | {"currency": currency, **terms_body(form, currency)}
    body["splits"] = splits_body(form)
    payment = payment_body(form.typed.get("payment"), currency)
    return body | ({"payment": payment} if payment or has_proof else {})


def payment_body(typed: Any, currency: str) -> dict[str, Any]:
    """Return a payment as the API reads it."""
    return _with_money(typed, PAYMENT_AMOUNTS, currency) if isinstance(typed, dict) else {}


def typed_terms(version: "DealVersion") -> dict[str, Any]:
    """Return the lines and instalments of a version as they would be typed."""
    return {
        "terms": version.terms,
        "prices_include_tax": "true" if version.prices_include_tax else "",
        "lines": [
            {
                "product": str(line.product_id or ""),
                "description": line.description,
                "quantity": type_rate(line.quantity),
                "unit_price": type_amount(money_of(line.unit_price, version.currency).amount),
                "discount_percent": type_rate(line.discount_percent),
                "tax_code": line.tax_code,
                # the rate table says it where a tax is named
                "tax_rate_percent": "" if line.tax_code else type_rate(line.tax_rate_percent),
                "tax_reason": "" if line.tax_code else line.tax_reason,
                "supplied_on": line.supplied_on.isoformat() if line.supplied_on else "",
            }
            for line in version.lines.all()
        ],
        "instalments": [
            {
                "due_on": part.due_on.isoformat(),
                "amount": type_amount(money_of(part.amount, version.currency).amount),
                "kind": part.kind,
            }
            for part in version.instalments.all()
        ],
    }


def typed_deal(deal: "Deal") -> dict[str, Any]:
    """Return a deal as it would be typed."""
    version = deal.current_version
    return {
        "name": deal.name,
        "currency": version.currency,
        "stage": str(deal.stage_id or ""),
        "project": str(deal.project_id or ""),
        "source": deal.source,
        "deal_on": deal.deal_on.isoformat(),
        "expected_close_on": deal.expected_close_on.isoformat() if deal.expected_close_on else "",
        "remarks": deal.remarks,
        "splits": [
            {
                "payee": str(split.payee_id),
                "share_percent": type_rate(split.share_percent),
            }
            for split in deal.splits.all()
        ],
        **typed_terms(version),
    }


def typed_splits(shares: "Iterable[CreditedShare]") -> list[dict[str, str]]:
    """Return the shares of a day as they would be typed."""
    return [
        {"payee": str(each.user_id), "share_percent": type_rate(each.share_percent)}
        for each in shares
    ]


def _products_of(lines: "Iterable[Mapping[str, str]]") -> "dict[str, Product]":
    if not any(line.get("product") and not line.get("unit_price") for line in lines):
        return {}
    return {str(product.pk): product for product in list_products()}


def _line(
    row: Mapping[str, str], currency: str, products: "Mapping[str, Product]"
) -> dict[str, Any]:
    """Return a line; a product without a price is sold at its list price."""
    body = _with_money(row, ("unit_price",), currency)
    body.setdefault("quantity", "1")
    product = products.get(row.get("product", ""))
    if product and "unit_price" not in body:
        body["unit_price"] = money_of(product.list_price, product.currency).as_json()
    return body


def _with_money(row: Mapping[str, str], amounts: tuple[str, ...], currency: str) -> dict[str, Any]:
    body = _plain(row)
    for name in amounts:
        if name in body:
            body[name] = money(read_amount(str(body[name])), currency)
    return body


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    body = without_blanks(row)
    return {
        name: read_amount(value) if name in RATES else value
        for name, value in body.items()
        if isinstance(value, str)
    }

"""Deals, what they are made from, and the discounts that were asked for."""

from tenant_apps.deals.models.catalog import Product, Stage, TaxRate, TaxTreatment
from tenant_apps.deals.models.deals import (
    Deal,
    DealLine,
    DealStatus,
    DealVersion,
    Instalment,
    InstalmentKind,
    SalesCreditSplit,
)
from tenant_apps.deals.models.discounts import DiscountRequest, DiscountStatus

__all__ = [
    "Deal",
    "DealLine",
    "DealStatus",
    "DealVersion",
    "DiscountRequest",
    "DiscountStatus",
    "Instalment",
    "InstalmentKind",
    "Product",
    "SalesCreditSplit",
    "Stage",
    "TaxRate",
    "TaxTreatment",
]

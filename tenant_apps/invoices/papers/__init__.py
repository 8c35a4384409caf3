"""Invoices and credit notes on paper: what is printed, in which words, and how it is drawn."""

from tenant_apps.invoices.papers.content import (
    Paper,
    PaperKind,
    PaperLine,
    PaperPayment,
    TaxSum,
)
from tenant_apps.invoices.papers.drawing import render
from tenant_apps.invoices.papers.labels import LOCALES, Words, words_of

__all__ = [
    "LOCALES",
    "Paper",
    "PaperKind",
    "PaperLine",
    "PaperPayment",
    "TaxSum",
    "Words",
    "render",
    "words_of",
]

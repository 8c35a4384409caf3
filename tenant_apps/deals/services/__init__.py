"""Writes of deals and the catalog."""

from tenant_apps.clients.services import ExternalIdTaken
from tenant_apps.deals.models import DealStatus
from tenant_apps.deals.services.bulk import create_deals
from tenant_apps.deals.services.catalog import (
    NameTaken,
    NewProduct,
    NewStage,
    create_product,
    create_stage,
    seed_stages,
    update_product,
    update_stage,
)
from tenant_apps.deals.services.changing import (
    AmendedBelowApplied,
    DealChanges,
    NothingAmended,
    TermChanges,
    amend_deal,
    update_deal,
)
from tenant_apps.deals.services.creating import ClientIsArchived, NewDeal, create_deal
from tenant_apps.deals.services.crediting import (
    HAND_OVER,
    CreditIsFixed,
    CreditsThemselves,
    DealIsFinished,
    NewCredit,
    change_credit,
)
from tenant_apps.deals.services.guards import (
    DealHasMoney,
    DealHoldsMoney,
    DealInReview,
    DealIsArchived,
)
from tenant_apps.deals.services.moving import (
    DealNotBadDebt,
    DealNotClosed,
    DealNotDraft,
    DealNotOpen,
    DealNotWon,
    NothingOwed,
    archive_deal,
    cancel_deal,
    lose_deal,
    recover_deal,
    reopen_deal,
    submit_deal,
    win_deal,
    write_off_deal,
)
from tenant_apps.deals.services.noting import note_deal
from tenant_apps.deals.services.of_client import (
    ClientHasOpenDeals,
    move_deals,
    refuse_unfinished_deals,
)
from tenant_apps.deals.services.receivable import (
    adjust_receivable,
    post_receivable,
    recover_receivable,
    reverse_receivable,
    write_off_receivable,
)
from tenant_apps.deals.services.taxing import (
    NewTaxRate,
    TaxRateOverlaps,
    create_tax_rate,
    update_tax_rate,
)
from tenant_apps.deals.services.versions import DiscountNeedsApproval
from tenant_apps.deals.terms import InvalidTerms, NewInstalment, NewLine, NewSplit

__all__ = [
    "HAND_OVER",
    "AmendedBelowApplied",
    "ClientHasOpenDeals",
    "ClientIsArchived",
    "CreditIsFixed",
    "CreditsThemselves",
    "DealChanges",
    "DealHasMoney",
    "DealHoldsMoney",
    "DealInReview",
    "DealIsArchived",
    "DealIsFinished",
    "DealNotBadDebt",
    "DealNotClosed",
    "DealNotDraft",
    "DealNotOpen",
    "DealNotWon",
    "DealStatus",
    "DiscountNeedsApproval",
    "ExternalIdTaken",
    "InvalidTerms",
    "NameTaken",
    "NewCredit",
    "NewDeal",
    "NewInstalment",
    "NewLine",
    "NewProduct",
    "NewSplit",
    "NewStage",
    "NewTaxRate",
    "NothingAmended",
    "NothingOwed",
    "TaxRateOverlaps",
    "TermChanges",
    "adjust_receivable",
    "amend_deal",
    "archive_deal",
    "cancel_deal",
    "change_credit",
    "create_deal",
    "create_deals",
    "create_product",
    "create_stage",
    "create_tax_rate",
    "lose_deal",
    "move_deals",
    "note_deal",
    "post_receivable",
    "recover_deal",
    "recover_receivable",
    "refuse_unfinished_deals",
    "reopen_deal",
    "reverse_receivable",
    "seed_stages",
    "submit_deal",
    "update_deal",
    "update_product",
    "update_stage",
    "update_tax_rate",
    "win_deal",
    "write_off_deal",
    "write_off_receivable",
]

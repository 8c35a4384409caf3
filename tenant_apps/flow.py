"""Every effect that crosses from one app into another, in one place.

`atomic` reactions run in this order inside the transaction that recorded the event, all or nothing;
`later` reactions run once each after the commit, in a worker.
"""

from shared_apps.audit import events as dead_letters
from shared_apps.kernel.events import Event, Reactions
from shared_apps.organizations import events as organizations
from shared_apps.organizations.events import WorkspacesAsked
from shared_apps.organizations.reactions import mail_found_workspaces, send_sign_up_code
from tenant_apps.access import events as access
from tenant_apps.access.reactions import seed_organization_roles, tell_platform_administrators
from tenant_apps.accounts import events as people
from tenant_apps.accounts.reactions import (
    keep_login_hint,
    send_invitation,
    send_password_reset,
    tell_second_factors_reset,
)
from tenant_apps.approvals import events as approvals
from tenant_apps.approvals.reactions import seed_policies
from tenant_apps.clients import events as clients
from tenant_apps.clients.reactions import move_balances
from tenant_apps.commissions import events as commissions
from tenant_apps.commissions.reactions import accrue
from tenant_apps.deals import events as deals
from tenant_apps.deals.reactions import (
    adjust_receivable,
    move_deals_of_client,
    post_receivable,
    recover_debt,
    refuse_unfinished_deals,
    reverse_receivable,
    seed_stages,
    write_off_debt,
    write_off_remainder,
)
from tenant_apps.documents import events as documents
from tenant_apps.documents.reactions import require_picture_as_logo
from tenant_apps.handovers import events as handovers
from tenant_apps.invoices import events as invoices
from tenant_apps.invoices.reactions import (
    adjust_invoices_of_deal,
    credit_for_refund,
    credit_for_reversal,
    deliver_queued_mail,
    expect_invoices_of_deal_again,
    give_up_invoices_of_deal,
    invoice_won_deal,
    issue_for_applied_money,
    keep_credit_note_paper,
    keep_invoice_paper,
    keep_start_of_series,
    mail_issued_invoice,
    move_invoices_of_client,
    post_credit_note,
    post_taken_back_loss,
    take_money_back,
    write_off_invoices_of_deal,
)
from tenant_apps.ledger.reactions import refuse_other_currency, seed_accounts
from tenant_apps.notifications.live import (
    close_sockets,
    close_sockets_of_role,
    close_sockets_of_roles,
    push_changed,
)
from tenant_apps.notifications.reactions import (
    tell_approver_made,
    tell_assigned_reviewer,
    tell_discount_deciders,
    tell_discount_requester,
    tell_finance_invoice_draft,
    tell_impersonation,
    tell_instalment_due_soon,
    tell_instalment_overdue,
    tell_mail_failed,
    tell_maker_decision,
    tell_owner_payment_verified,
    tell_payee_commission_accrued,
    tell_payment_unverified,
    tell_requester_decision,
    tell_return_deciders,
    tell_review_overdue,
    tell_role_approves,
    tell_successor,
    tell_tolerance_raised,
    tell_verifiers,
)
from tenant_apps.payments import events as payments
from tenant_apps.payments.reactions import (
    apply_payment,
    apply_verified_money,
    move_payments_of_client,
    note_who_gains,
    post_application,
    post_cash_received,
    refuse_payments_in_review,
)
from tenant_apps.projects import events as projects
from tenant_apps.returns import events as returns
from tenant_apps.returns.reactions import (
    expect_small_remainders_again,
    move_returns_of_client,
    post_money_out,
    write_off_small_remainder,
)
from tenant_apps.sso import events as sso
from tenant_apps.teams import events as teams

_EFFECTS: dict[type[Event], Reactions] = {
    organizations.OrganizationProvisioned: Reactions(
        atomic=(seed_organization_roles, seed_policies, seed_accounts, seed_stages)
    ),
    organizations.SignUpStarted: Reactions(later=(send_sign_up_code,)),
    people.ImpersonationBegun: Reactions(later=(tell_impersonation,)),
    WorkspacesAsked: Reactions(later=(mail_found_workspaces,)),
    # the platform learns where an address signs in, and that it no longer does
    **dict.fromkeys(
        (people.PersonInvited, people.PersonCreated, people.PersonJoined),
        Reactions(later=(keep_login_hint, push_changed)),
    ),
    **dict.fromkeys(
        (people.InvitationRevoked, people.PersonReactivated),
        Reactions(later=(keep_login_hint, tell_platform_administrators, push_changed)),
    ),
    # ... and who administers an organization
    **dict.fromkeys(
        (people.PersonActivated, people.PersonChanged),
        Reactions(later=(tell_platform_administrators, push_changed)),
    ),
    # whoever must keep an old choice for good says no here, and undoes the change
    organizations.OrganizationChanged: Reactions(
        atomic=(refuse_other_currency, keep_start_of_series, require_picture_as_logo),
        later=(tell_tolerance_raised,),
    ),
    people.InvitationIssued: Reactions(later=(send_invitation,)),
    people.PasswordResetAsked: Reactions(later=(send_password_reset,)),
    # Closing pushes on commit, from here: it must not wait for a worker.
    people.PersonSuspended: Reactions(
        atomic=(close_sockets,),
        later=(keep_login_hint, tell_platform_administrators, push_changed),
    ),
    # whoever is signed out loses the sockets; those with another sign-in come back by themselves
    people.PersonSignedOut: Reactions(atomic=(close_sockets,)),
    people.SignInsEnded: Reactions(atomic=(close_sockets,)),
    people.PasswordChanged: Reactions(atomic=(close_sockets,)),
    people.PasswordChangeRequired: Reactions(atomic=(close_sockets,)),
    people.SecondFactorsReset: Reactions(
        atomic=(close_sockets,), later=(tell_second_factors_reset,)
    ),
    people.ServiceAccountSuspended: Reactions(atomic=(close_sockets,)),
    people.ApiKeyRevoked: Reactions(atomic=(close_sockets,)),
    access.RoleMatrixApplied: Reactions(atomic=(close_sockets_of_roles,)),
    access.RoleChanged: Reactions(
        atomic=(close_sockets_of_role,), later=(tell_role_approves, tell_platform_administrators)
    ),
    access.RoleAssigned: Reactions(
        later=(tell_approver_made, tell_platform_administrators, push_changed)
    ),
    access.RoleRemoved: Reactions(
        atomic=(close_sockets,), later=(tell_platform_administrators, push_changed)
    ),
    **dict.fromkeys(
        (
            teams.TeamCreated,
            teams.TeamChanged,
            teams.TeamArchived,
            teams.MemberAdded,
            teams.MemberRemoved,
        ),
        Reactions(later=(push_changed,)),
    ),
    # a client becomes part of another, or nobody: deals are locked before payments (lock order)
    clients.ClientsMerged: Reactions(
        atomic=(
            move_deals_of_client,
            move_payments_of_client,
            move_returns_of_client,
            move_invoices_of_client,
            move_balances,
        ),
        later=(push_changed,),
    ),
    clients.ClientAnonymised: Reactions(
        atomic=(refuse_unfinished_deals, refuse_payments_in_review), later=(push_changed,)
    ),
    # from the deal ...
    deals.DealWon: Reactions(
        atomic=(post_receivable, apply_verified_money, invoice_won_deal), later=(push_changed,)
    ),
    deals.DealReopened: Reactions(
        atomic=(give_up_invoices_of_deal, reverse_receivable), later=(push_changed,)
    ),
    deals.DealAmended: Reactions(
        atomic=(
            adjust_invoices_of_deal,
            adjust_receivable,
            apply_verified_money,
            invoice_won_deal,
        ),
        later=(push_changed,),
    ),
    **dict.fromkeys(
        (deals.DealChanged, deals.DealCreditChanged),
        Reactions(atomic=(note_who_gains,), later=(push_changed,)),
    ),
    deals.DealCancelled: Reactions(
        atomic=(give_up_invoices_of_deal, reverse_receivable), later=(push_changed,)
    ),
    deals.DiscountRequested: Reactions(later=(tell_discount_deciders, push_changed)),
    deals.DiscountApproved: Reactions(later=(tell_discount_requester, push_changed)),
    deals.DiscountRejected: Reactions(later=(tell_discount_requester, push_changed)),
    handovers.WorkHandedOver: Reactions(later=(tell_successor, push_changed)),
    # ... over the payment and its decision ...
    payments.PaymentSubmitted: Reactions(later=(tell_verifiers, push_changed)),
    payments.PaymentAssigned: Reactions(later=(tell_assigned_reviewer, push_changed)),
    payments.PaymentUnverified: Reactions(later=(tell_payment_unverified,)),
    invoices.InstalmentDueSoon: Reactions(later=(tell_instalment_due_soon,)),
    invoices.InstalmentOverdue: Reactions(later=(tell_instalment_overdue, push_changed)),
    payments.PaymentReviewOverdue: Reactions(later=(tell_review_overdue, push_changed)),
    payments.PaymentResubmitted: Reactions(later=(tell_verifiers, push_changed)),
    payments.PaymentRejected: Reactions(later=(tell_maker_decision, push_changed)),
    payments.PaymentChangesRequested: Reactions(later=(tell_maker_decision, push_changed)),
    payments.PaymentVerified: Reactions(
        atomic=(post_cash_received, apply_payment),
        later=(tell_owner_payment_verified, push_changed),
    ),
    # ... to the commission and the invoice: ladders are locked before the series (lock order).
    payments.PaymentApplied: Reactions(
        atomic=(post_application, accrue, issue_for_applied_money, write_off_small_remainder),
        later=(push_changed,),
    ),
    # ... and back: what was applied is taken back before it leaves.
    payments.PaymentUnapplied: Reactions(
        atomic=(post_application, accrue, take_money_back), later=(push_changed,)
    ),
    returns.ReturnRequested: Reactions(later=(tell_return_deciders, push_changed)),
    returns.ReturnApproved: Reactions(later=(tell_requester_decision, push_changed)),
    returns.ReturnRejected: Reactions(later=(tell_requester_decision, push_changed)),
    returns.ReturnWithdrawn: Reactions(later=(push_changed,)),
    returns.RefundFailed: Reactions(later=(push_changed,)),
    returns.WriteOffRecovered: Reactions(later=(push_changed,)),
    returns.RefundSent: Reactions(
        atomic=(post_money_out, credit_for_refund, expect_small_remainders_again),
        later=(push_changed,),
    ),
    returns.ChargebackLost: Reactions(
        atomic=(post_money_out, expect_small_remainders_again), later=(push_changed,)
    ),
    returns.PaymentReversed: Reactions(
        atomic=(post_money_out, credit_for_reversal, expect_small_remainders_again),
        later=(push_changed,),
    ),
    invoices.InvoiceIssued: Reactions(
        later=(push_changed, keep_invoice_paper, mail_issued_invoice)
    ),
    invoices.InvoiceMailQueued: Reactions(later=(deliver_queued_mail, push_changed)),
    invoices.InvoiceReminded: Reactions(later=(deliver_queued_mail, push_changed)),
    invoices.InvoiceMailFailed: Reactions(later=(tell_mail_failed, push_changed)),
    invoices.InvoiceMailBounced: Reactions(later=(tell_mail_failed, push_changed)),
    invoices.InvoiceCredited: Reactions(
        atomic=(post_credit_note,), later=(push_changed, keep_credit_note_paper)
    ),
    invoices.InvoiceLossTakenBack: Reactions(atomic=(post_taken_back_loss,), later=(push_changed,)),
    deals.DealWrittenOff: Reactions(
        atomic=(write_off_debt, write_off_invoices_of_deal), later=(push_changed,)
    ),
    deals.RemainderWrittenOff: Reactions(
        atomic=(write_off_remainder, write_off_invoices_of_deal), later=(push_changed,)
    ),
    deals.RemainderExpectedAgain: Reactions(
        atomic=(recover_debt, expect_invoices_of_deal_again, invoice_won_deal),
        later=(push_changed,),
    ),
    deals.DealRecovered: Reactions(
        atomic=(
            recover_debt,
            expect_invoices_of_deal_again,
            apply_verified_money,
            invoice_won_deal,
        ),
        later=(push_changed,),
    ),
    commissions.CommissionAccrued: Reactions(later=(tell_payee_commission_accrued, push_changed)),
    invoices.InvoiceDrafted: Reactions(later=(tell_finance_invoice_draft, push_changed)),
}

# These lead to nothing but an open page that fetches itself again.
_SHOWN = (
    clients.ClientCreated,
    clients.ClientChanged,
    clients.ClientArchived,
    clients.ClientRestored,
    clients.ContactLogged,
    clients.NextStepDone,
    approvals.ApprovalAdded,
    deals.DealCreated,
    deals.DealSubmitted,
    deals.DiscountWithdrawn,
    deals.DealLost,
    deals.DealArchived,
    deals.DealNoted,
    payments.PaymentDrafted,
    payments.PaymentChanged,
    payments.PaymentWithdrawn,
    payments.PaymentUnassigned,
    invoices.InvoiceSettled,
    invoices.InvoiceUnsettled,
    invoices.InvoiceWrittenOff,
    invoices.InvoiceExpectedAgain,
    invoices.InvoiceDiscarded,
    invoices.InvoiceMailSent,
    invoices.InvoiceViewed,
    invoices.InvoiceLinked,
    invoices.InvoiceLinkRevoked,
    invoices.ClientRemindersPaused,
    invoices.ClientRemindersResumed,
    invoices.RemindersPaused,
    invoices.RemindersResumed,
)

# These are written down and lead to nothing.
_QUIET = (
    dead_letters.DeliveryReplayed,
    organizations.OrganizationRequested,
    organizations.OrganizationRetried,
    organizations.OrganizationSuspended,
    organizations.OrganizationResumed,
    organizations.OrganizationClosed,
    organizations.OrganizationReopened,
    organizations.DomainAdded,
    organizations.DomainMadePrimary,
    organizations.DomainRemoved,
    organizations.AdministratorsRead,
    people.ImpersonationEntered,
    people.ImpersonationEnded,
    people.PersonSignedIn,
    people.BreakGlassUsed,
    people.PictureChanged,
    people.RefreshTokenReused,
    people.SignInFailed,
    people.ProofRenewed,
    people.SecondFactorAdded,
    people.SecondFactorRemoved,
    people.PasskeyRenamed,
    people.RecoveryCodesMade,
    people.MfaResetRequested,
    people.ServiceAccountCreated,
    people.ServiceAccountResumed,
    people.ApiKeyIssued,
    people.ApiKeyRotated,
    people.ApiKeyRefused,
    people.ApiKeyUnknown,
    people.MfaResetDeclined,
    access.SignInPolicyChanged,
    access.EveryoneSignedOut,
    access.RoleCreated,
    access.RoleArchived,
    sso.ConnectionCreated,
    sso.ConnectionChanged,
    sso.ConnectionTested,
    sso.ConnectionEnabled,
    sso.ConnectionDisabled,
    sso.ConnectionRemoved,
    sso.PersonLinked,
    sso.ProviderSignInRefused,
    documents.FileStored,
    documents.ListExported,
    projects.ProjectCreated,
    projects.ProjectChanged,
    projects.ProjectArchived,
    handovers.HandOverPlanned,
    handovers.HandOverCancelled,
    approvals.PolicyCreated,
    approvals.PolicyProposed,
    approvals.PolicyRetirementAsked,
    approvals.PolicyRetired,
    deals.ProductSaved,
    deals.ProductArchived,
    deals.ProductRestored,
    deals.StageSaved,
    deals.StageArchived,
    deals.StageRestored,
    deals.TaxRateSaved,
    commissions.PlanCreated,
    commissions.PlanVersionDrafted,
    commissions.PlanVersionSubmitted,
    commissions.PlanVersionApproved,
    commissions.PayeeAssigned,
    commissions.AssignmentEnded,
)

REACTIONS: dict[type[Event], Reactions] = {
    **dict.fromkeys(_QUIET, Reactions()),
    **dict.fromkeys(_SHOWN, Reactions(later=(push_changed,))),
    **_EFFECTS,
}

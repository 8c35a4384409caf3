"""What happened to invoices and their mails, hand-overs, projects and the organization itself."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.history_of_access import Said

OF_PAPERS: Mapping[str, Said] = {
    "invoices.invoice_drafted": Said(_("Invoice drafted"), "file-text"),
    "invoices.invoice_discarded": Said(_("Invoice draft discarded"), "file-x"),
    "invoices.invoice_issued": Said(_("Invoice issued"), "file-check", "ok"),
    "invoices.invoice_settled": Said(_("Invoice paid by a payment"), "file-check", "ok"),
    "invoices.invoice_unsettled": Said(_("Payment taken off an invoice"), "file-x", "bad"),
    "invoices.invoice_written_off": Said(_("Invoice written off"), "circle-minus", "bad"),
    "invoices.invoice_expected_again": Said(_("Invoice expected again"), "circle-plus", "ok"),
    "invoices.invoice_loss_taken_back": Said(
        _("Write-off of the invoice taken back"), "circle-plus"
    ),
    "invoices.invoice_credited": Said(_("Invoice credited"), "file-minus"),
    "invoices.invoice_mail_queued": Said(_("Invoice is to be sent by e-mail"), "mail"),
    "invoices.invoice_mail_sent": Said(_("Invoice sent by e-mail"), "mail-check", "ok"),
    "invoices.invoice_mail_failed": Said(_("E-mail refused"), "mail-x", "bad"),
    "invoices.invoice_mail_bounced": Said(_("E-mail came back"), "mail-x", "bad"),
    "invoices.invoice_reminded": Said(_("Reminder sent"), "bell-ring", "warn"),
    "invoices.reminders_paused": Said(_("Reminders held back"), "bell-off"),
    "invoices.reminders_resumed": Said(_("Reminders go on"), "bell"),
    "invoices.client_reminders_paused": Said(_("All reminders held back"), "bell-off"),
    "invoices.client_reminders_resumed": Said(_("All reminders go on"), "bell"),
    "invoices.invoice_linked": Said(_("Link to the invoice made"), "link"),
    "invoices.invoice_link_revoked": Said(_("Link withdrawn"), "link-2-off"),
    "invoices.invoice_viewed": Said(_("Invoice looked at by its link"), "eye", "info"),
    "invoices.instalment_due_soon": Said(_("Instalment is due soon"), "calendar-clock"),
    "invoices.instalment_overdue": Said(_("Instalment is overdue"), "calendar-x", "bad"),
    "returns.refund_failed": Said(_("Refund failed"), "circle-x", "bad"),
    "returns.chargeback_lost": Said(_("Chargeback lost"), "circle-x", "bad"),
    "returns.write_off_recovered": Said(_("Written-off money expected again"), "circle-plus", "ok"),
    "handovers.hand_over_planned": Said(_("Hand-over planned"), "calendar-clock"),
    "handovers.hand_over_cancelled": Said(_("Hand-over called off"), "calendar-x"),
    "handovers.work_handed_over": Said(_("Work handed over"), "arrow-right-left", "ok"),
    "projects.project_created": Said(_("Project entered"), "plus"),
    "projects.project_changed": Said(_("Project changed"), "pencil"),
    "projects.project_archived": Said(_("Project put away"), "archive"),
    "organizations.sign_up_started": Said(_("Sign-up begun"), "plus"),
    "organizations.organization_requested": Said(_("Organization asked for"), "plus"),
    "organizations.organization_retried": Said(_("Founding tried again"), "rotate-ccw"),
    "organizations.organization_suspended": Said(_("Organization suspended"), "ban", "bad"),
    "organizations.organization_resumed": Said(_("Organization resumed"), "circle-play", "ok"),
    "organizations.organization_closed": Said(_("Organization closed"), "archive", "bad"),
    "organizations.organization_reopened": Said(_("Organization reopened"), "rotate-ccw", "ok"),
    "organizations.domain_added": Said(_("Host added"), "globe"),
    "organizations.domain_made_primary": Said(_("Main host changed"), "globe"),
    "organizations.domain_removed": Said(_("Host removed"), "globe", "bad"),
    "organizations.administrators_read": Said(_("Administrators read by the platform"), "eye"),
    "organizations.workspaces_asked": Said(_("List of workspaces asked for"), "mail"),
    "audit.delivery_replayed": Said(_("Dead letter sent again"), "rotate-ccw"),
}

"""Every periodic job of the product, in one table: what runs by itself, when, and where."""

from datetime import time, timedelta

from django.utils.translation import gettext_noop as _

from shared_apps.jobs.schedule import VISIT_EVERY, Daily, Every
from shared_apps.jobs.table import Job

_SPREAD = timedelta(minutes=30)

JOBS = (
    # the platform's
    Job(
        name="audit.sweep_dirty",
        does=_("Announce again what organizations that were written to owe."),
        schedule=Every(timedelta(seconds=30)),
        run="shared_apps.jobs.errands.sweep_dirty",
        for_each_tenant=False,
        lease=timedelta(minutes=2),
    ),
    Job(
        name="audit.sweep_all",
        does=_("Visit every organization for what it owes and for old answers."),
        schedule=Every(timedelta(minutes=10)),
        run="shared_apps.jobs.errands.sweep_all",
        for_each_tenant=False,
    ),
    Job(
        name="organizations.provision_due",
        does=_("Go on with foundings that were interrupted or failed."),
        schedule=Every(timedelta(seconds=30)),
        run="shared_apps.organizations.services.provision_due",
        for_each_tenant=False,
        lease=timedelta(minutes=20),
    ),
    Job(
        name="jobs.visit_tenants",
        does=_("Send every organization the jobs below whose time has come."),
        schedule=Every(VISIT_EVERY),
        run="shared_apps.jobs.tasks.visit_tenants",
        for_each_tenant=False,
        lease=timedelta(minutes=2),
    ),
    # every organization's
    Job(
        name="payments.note_overdue_reviews",
        does=_("Tell verifiers of payments that wait longer than the organization promises."),
        schedule=Every(timedelta(minutes=5), jitter=timedelta(minutes=5)),
        run="tenant_apps.payments.services.note_overdue_reviews",
    ),
    Job(
        name="payments.note_lapsed_reviews",
        does=_("Give payments back to the queue whose reviewer let the time run out."),
        schedule=Every(timedelta(minutes=5), jitter=timedelta(minutes=5)),
        run="tenant_apps.payments.services.note_lapsed_reviews",
    ),
    Job(
        name="payments.note_unverified_payments",
        does=_("Tell makers and verifiers of payments that nobody decided within 24 hours."),
        schedule=Every(timedelta(hours=1), jitter=timedelta(hours=1)),
        run="tenant_apps.payments.services.note_unverified_payments",
    ),
    Job(
        name="access.tell_administrators",
        does=_("Tell the platform's operators who administers the organization."),
        schedule=Daily(time(3), jitter=_SPREAD),
        run="tenant_apps.access.services.tell_administrators",
    ),
    Job(
        name="handovers.carry_out_due",
        does=_("Hand over the work of people whose day has come."),
        schedule=Daily(time(0, 10), jitter=_SPREAD),
        run="tenant_apps.handovers.services.carry_out_due",
    ),
    Job(
        name="invoices.invoice_due_instalments",
        does=_("Invoice the instalments whose time has come under the organization's policy."),
        schedule=Daily(time(5), jitter=_SPREAD),
        run="tenant_apps.invoices.services.invoice_due_instalments",
    ),
    Job(
        name="invoices.note_instalments_due_soon",
        does=_("Tell owners of deals what is due within seven days."),
        schedule=Daily(time(6), jitter=_SPREAD),
        run="tenant_apps.invoices.services.note_instalments_due_soon",
    ),
    Job(
        name="invoices.note_overdue_instalments",
        does=_("Tell owners of deals and finance what was not paid in time."),
        schedule=Daily(time(6, 30), jitter=_SPREAD),
        run="tenant_apps.invoices.services.note_overdue_instalments",
    ),
    Job(
        name="invoices.give_up_mails",
        does=_("Note the mails about invoices that every try failed for, and tell who sent them."),
        schedule=Every(timedelta(hours=1), jitter=timedelta(hours=1)),
        run="tenant_apps.invoices.services.give_up_mails",
    ),
    Job(
        name="invoices.send_due_reminders",
        does=_("Remind clients of open invoices, within the organization's limits."),
        schedule=Daily(time(8), jitter=_SPREAD),
        run="tenant_apps.invoices.services.send_due_reminders",
    ),
)

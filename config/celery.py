"""The worker and its schedule. The schedule is code: one table, here."""

import os

from celery import Celery
from celery.signals import worker_init

from config.embedded import ensure_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
ensure_environment()

app = Celery("prs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _look_at_roles(**_worker: object) -> None:
    from shared_apps.tenancy.rights.checks import warn_of_one_role  # noqa: PLC0415  after the apps

    warn_of_one_role()


app.conf.beat_schedule = {
    "audit.sweep_dirty": {"task": "audit.sweep_dirty", "schedule": 30.0},
    "audit.sweep_all": {"task": "audit.sweep_all", "schedule": 600.0},
    "organizations.provision_due": {"task": "organizations.provision_due", "schedule": 30.0},
}

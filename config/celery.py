"""The worker and its schedule: the table is config/jobs.py, read by beat and by the workers."""

import os

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured

from config.embedded import ensure_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
ensure_environment()

# It reads the settings, so it comes after the environment.
from shared_apps.jobs.table import all_jobs, platform_schedule  # noqa: E402

app = Celery("prs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _look_at_database(**_worker: object) -> None:
    from shared_apps.tenancy.backend.pooling import look_for_pooler  # noqa: PLC0415  after the apps
    from shared_apps.tenancy.rights.checks import warn_of_one_role  # noqa: PLC0415  same

    try:
        look_for_pooler()
    except ImproperlyConfigured as error:  # Celery would log it and go on
        raise SystemExit(str(error)) from error
    warn_of_one_role()


# Beat sends the platform's jobs; one of them, jobs.visit_tenants, sends every organization its own.
app.conf.beat_schedule = platform_schedule(all_jobs())

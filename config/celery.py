"""The worker and its schedule: the table is config/jobs.py, read by beat and by the workers."""

import os

from celery import Celery

from config.embedded import ensure_environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
ensure_environment()

# It reads the settings, so it comes after the environment.
from shared_apps.jobs.table import all_jobs, platform_schedule  # noqa: E402

app = Celery("prs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Beat sends the platform's jobs; one of them, jobs.visit_tenants, sends every organization its own.
app.conf.beat_schedule = platform_schedule(all_jobs())

"""The suite's settings with a beat that asks its table every second."""

from config.settings.test import *  # noqa: F403  an overlay of the suite's

PERIODIC_JOBS = "tests.jobs.table.JOBS"
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

"""The periodic jobs of an organization over HTTP."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from shared_apps.jobs.selectors import list_jobs
from shared_apps.web.schema import documented
from shared_apps.web.serializers import OutputSerializer
from shared_apps.web.views import ApiViewSet

JOB: dict[str, Any] = {
    "name": "invoices.remind",
    "does": "Remind clients of overdue invoices.",
    "schedule": "daily at 08:00, local time",
    "outcome": "ok",
    "is_running": False,
    "is_late": False,
    "started_at": "2026-03-02T07:03:12Z",
    "finished_at": "2026-03-02T07:03:13Z",
    "duration_ms": 812,
    "result": "3 sent",
    "error": "",
    "failures": 0,
    "next_run_at": "2026-03-03T07:03:12Z",
}


class JobOut(OutputSerializer):
    """A job that runs by itself, and its last run."""

    name = serializers.CharField()
    does = serializers.CharField()
    schedule = serializers.CharField()
    outcome = serializers.ChoiceField(
        choices=["", "ok", "failed"], help_text="Of the last run; empty when it never ran."
    )
    is_running = serializers.BooleanField()
    is_late = serializers.BooleanField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    result = serializers.CharField()
    error = serializers.CharField()
    failures = serializers.IntegerField(help_text="Failed runs since the last good one.")
    next_run_at = serializers.DateTimeField()


class JobViewSet(ApiViewSet):
    """What runs by itself in the organization."""

    permissions: ClassVar = {"list": "settings.view"}

    @documented(response=JobOut, example=JOB)
    def list(self, request: Request) -> Response:
        """List what runs by itself, with each last run and the next."""
        return self.page(list_jobs(at=self.at), JobOut)

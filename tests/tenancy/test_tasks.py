"""A task names its organization or does not run."""

from uuid import uuid4

import pytest
from celery.exceptions import Reject

from shared_apps.kernel.clock import utc_now
from shared_apps.organizations.services import suspend_organization
from shared_apps.tenancy.context import (
    NoTenant,
    Tenant,
    current_tenant,
    is_platform,
    use_nothing,
    use_platform,
    use_tenant,
)
from shared_apps.tenancy.directory import get_directory
from shared_apps.tenancy.tasks import HEADER, platform_task, tenant_task
from tests.cast import STAGEHAND

seen: list[str] = []


@tenant_task("tests.whose")
def whose_task() -> None:
    seen.append(current_tenant().slug)


@platform_task("tests.platform")
def on_platform_task() -> bool:
    return is_platform()


def run_with_header(header: dict[str, str]) -> None:
    """Run the task as a worker does, with the headers of a message."""
    whose_task.push_request(**header)
    try:
        with use_nothing():
            whose_task()
    finally:
        whose_task.pop_request()


class TestATenantTask:
    def test_runs_for_the_organization_in_its_header(self, acme: Tenant, globex: Tenant) -> None:
        seen.clear()
        for tenant in (globex, acme):
            run_with_header({HEADER: str(tenant.id)})
        assert seen == ["globex", "acme"]

    @pytest.mark.parametrize("header", [{}, {HEADER: ""}, {HEADER: "acme"}, {HEADER: str(uuid4())}])
    def test_is_rejected_without_a_known_organization(
        self, acme: Tenant, header: dict[str, str]
    ) -> None:
        with pytest.raises(Reject):
            run_with_header(header)

    def test_is_rejected_for_a_suspended_organization(self, acme: Tenant) -> None:
        suspend_organization(organization_id=acme.id, by=STAGEHAND, at=utc_now())
        get_directory().forget()
        with pytest.raises(Reject):
            run_with_header({HEADER: str(acme.id)})
        get_directory().forget()

    def test_cannot_be_sent_by_nobody(self) -> None:
        for context in (use_nothing, use_platform):
            with context(), pytest.raises(NoTenant):
                whose_task.delay()


def test_a_platform_task_runs_on_the_platform(acme: Tenant) -> None:
    with use_tenant(acme):
        assert on_platform_task()

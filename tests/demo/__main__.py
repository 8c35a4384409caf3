"""`make demo`: a working day in two organizations, on the running product, every figure checked."""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

import httpx

from config.env import ConfigurationError
from config.stack import Stack
from tests.demo.books import (
    check_audit,
    check_commission,
    check_dashboards,
    check_invoices,
    check_ledger,
)
from tests.demo.borders import check_foreign, check_suspension, check_unknown_host
from tests.demo.cast import Company, let_everyone_in, publish_plan, refuse_wrong_password
from tests.demo.main_job import MainJob
from tests.demo.pipeline import import_twice
from tests.demo.report import DemoFailed, Report

COMPANIES = (
    Company("acme", "Acme", "USD", "America/New_York", "7.3"),
    Company("globex", "Globex", "EUR", "Europe/Berlin", "12.5"),
)


def main() -> int:
    """Play the demo; return 0 when every check held, 1 when one did not, 130 on Ctrl-C."""
    signal.signal(signal.SIGTERM, _treat_as_interrupt)
    report = Report()
    try:
        with Stack() as stack:
            play(stack, report)
    except KeyboardInterrupt:
        print("demo: failed (stopped)")
        return 130
    except (DemoFailed, ConfigurationError, httpx.HTTPError, OSError) as error:
        print(f"demo: failed ({error})")
        return 1
    print(f"\ndemo: ok ({report.checks} checks)")
    return 0


def play(stack: Stack, report: Report) -> None:
    """Run every chapter; close the sockets whatever happens."""
    stack.wait_ready()
    report.chapter(f"The product runs at {stack.base_url}")
    with ExitStack() as open_connections:
        jobs = [found(company, stack, report) for company in COMPANIES]
        for job in jobs:
            open_connections.callback(job.hang_up)
            run_main_job(job)
        for job in jobs:
            check_books(job)
        check_borders(jobs, stack, report)
    folder = os.environ.get("PRS_PIPELINE_DIR")
    if folder:
        import_twice(stack, Path(folder), report)


def found(company: Company, stack: Stack, report: Report) -> MainJob:
    """Found an organization and let its people in."""
    report.chapter(f"{company.name}: founding ({company.currency})")
    report.step(stack.manage(*company.creation()).strip())
    people = let_everyone_in(
        company, port=stack.port, read_log=lambda: stack.read_log("worker"), report=report
    )
    refuse_wrong_password(people, report)
    publish_plan(company, people, report)
    return MainJob(company, people, stack, report)


def run_main_job(job: MainJob) -> None:
    """From the client to the commission."""
    job.report.chapter(f"{job.company.name}: the main job")
    for part in (
        job.listen,
        job.enter_client,
        job.win_deal,
        job.submit_payment,
        job.hear_of_submission,
        job.refuse_maker,
        job.approve_without_worker,
        job.hear_after_restart,
        job.race,
        job.resume_after_cut,
        job.leave_one_waiting,
    ):
        part()


def check_books(job: MainJob) -> None:
    """What the day left behind."""
    job.report.chapter(f"{job.company.name}: the books")
    for check in (
        check_commission,
        check_invoices,
        check_ledger,
        check_dashboards,
        check_audit,
    ):
        check(job)


def check_borders(jobs: list[MainJob], stack: Stack, report: Report) -> None:
    """What one organization sees of the other, and what a suspended one may do."""
    report.chapter("Borders")
    one, other = jobs
    check_foreign(one, other, report)
    check_foreign(other, one, report)
    check_unknown_host(one, report)
    check_suspension(other, stack, report)


def _treat_as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

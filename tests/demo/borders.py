"""What another organization sees: nothing."""

import time
from uuid import uuid4

import httpx

from config.stack import Stack
from tests.demo.main_job import PAYMENTS, MainJob
from tests.demo.report import Report

CLOSED_WITHIN_S = 6.0
NOTICED_WITHIN_S = 7.0  # each process asks the table of organizations again after 5 seconds


def check_foreign(own: MainJob, other: MainJob, report: Report) -> None:
    """Check that another organization's verifier gets what a random id gets, and no token works."""
    vera = own.vera
    for method, end in (("GET", ""), ("POST", "approve/")):
        foreign = vera.send(method, f"{PAYMENTS}{other.payment['id']}/{end}", _body(method))
        random = vera.send(method, f"{PAYMENTS}{uuid4()}/{end}", _body(method))
        report.equal(f"{method} a foreign payment", foreign.status_code, 404)
        report.equal("the same body as a random id", _without_meta(foreign), _without_meta(random))
    abroad = vera.at(other.vera.site)
    answer = abroad.send("GET", PAYMENTS)
    report.equal("vera's token at the other host", abroad.refused(answer), (401, "wrong_tenant"))
    abroad.close()


def check_unknown_host(job: MainJob, report: Report) -> None:
    """Check that a host that nobody has answers 404."""
    port = job.vera.site.port
    answer = httpx.get(
        f"http://127.0.0.1:{port}/api/docs/", headers={"Host": f"nobody.localhost:{port}"}
    )
    report.equal("an unknown host", answer.status_code, 404)


def check_suspension(job: MainJob, stack: Stack, report: Report) -> None:
    """Suspend the organization: reads go on, writes are 423, its sockets close; then resume it."""
    stack.manage("suspend_organization", "--organization", job.company.slug, "--reason", "Unpaid")
    ear = job.ears["vera"]
    ear.wait(lambda: ear.close_code is not None, what="the end", seconds=CLOSED_WITHIN_S)
    report.equal("suspended: vera's socket closes with", ear.close_code, 4403)
    status, deadline = 0, time.monotonic() + NOTICED_WITHIN_S
    while status != 423 and time.monotonic() < deadline:
        answer = job.sam.send("POST", "/api/business/clients/", {"name": "Late Ltd"})
        status = answer.status_code
        time.sleep(0.2)
    report.equal("a write is", status, 423)
    read = job.sam.send("GET", "/api/business/clients/")
    report.equal("a read is", read.status_code, 200)
    stack.manage("resume_organization", "--organization", job.company.slug)


def _body(method: str) -> dict[str, str] | None:
    return {} if method == "POST" else None


def _without_meta(answer: httpx.Response) -> dict[str, object]:
    body: dict[str, object] = answer.json()
    return {name: value for name, value in body.items() if name != "meta"}

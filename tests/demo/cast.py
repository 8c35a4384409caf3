"""The people of one organization of the demo: invited, let in, put on a commission plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.demo.mailbox import invitation_token
from tests.demo.report import Report
from tests.demo.web import Person, Site

PASSWORD = "a long enough password 7"
ROLES = {
    "adam": "admin",
    "sam": "salesperson",
    "suki": "salesperson",
    "vera": "verifier",
    "viktor": "verifier",
    "fay": "finance",
    "audrey": "auditor",
}


@dataclass(frozen=True)
class Company:
    """An organization of the demo: what it trades in and who works there."""

    slug: str
    name: str
    currency: str
    timezone: str
    rate_percent: str

    @property
    def today(self) -> date:
        """Return the day in the organization's zone."""
        return datetime.now(ZoneInfo(self.timezone)).date()

    def creation(self) -> list[str]:
        """Return the command that founds it."""
        return [
            "create_organization",
            *("--slug", self.slug, "--name", self.name, "--currency", self.currency),
            *("--timezone", self.timezone, "--legal-name", f"{self.name} Ltd"),
            *("--tax-id", "DE129273398", "--email", f"billing@{self.slug}.example"),
            *("--street", "1 Harbour Road", "--city", "Hamburg", "--postal-code", "20457"),
            *("--country", "DE", "--owner-email", f"olga@{self.slug}.example"),
            *("--owner-name", "Olga Owner"),
        ]


People = Mapping[str, Person]


def let_everyone_in(
    company: Company, *, port: int, read_log: Callable[[], str], report: Report
) -> dict[str, Person]:
    """Let the owner accept the founding invitation, then invite the others, by e-mail."""
    site = Site(company.slug, port)
    olga = _accept(site, "olga", read_log)
    report.step(f"olga accepted her invitation at {site.host}")
    for name, role in ROLES.items():
        olga.post(
            "/api/admin/users/",
            {
                "email": f"{name}@{company.slug}.example",
                "first_name": name.title(),
                "last_name": company.name,
                "roles": [role],
            },
            status=201,
        )
    people = {"olga": olga} | {name: _accept(site, name, read_log) for name in ROLES}
    statuses = {row["email"]: row["status"] for row in olga.rows("/api/admin/users/")}
    report.equal("people who can sign in", list(statuses.values()).count("active"), 8)
    return people


def _accept(site: Site, name: str, read_log: Callable[[], str]) -> Person:
    """Open the link of the e-mail, choose a password, sign in."""
    person = Person(site, email=f"{name}@{site.slug}.example", password=PASSWORD)
    token = invitation_token(read_log, email=person.email, host=site.host)
    person.post("/api/auth/invitations/accept/", {"token": token, "password": PASSWORD})
    person.sign_in()
    return person


def refuse_wrong_password(people: People, report: Report) -> None:
    """Show that a wrong password and an unknown address are answered alike."""
    sam = people["sam"]
    answers = [
        sam.refused(sam.send("POST", "/api/auth/login/", {"email": email, "password": "wrong"}))
        for email in (sam.email, "nobody@nowhere.example")
    ]
    report.equal("a wrong password and an unknown address", answers[0], answers[1])
    report.equal("both are", answers[0][0], 401)


def publish_plan(company: Company, people: People, report: Report) -> None:
    """Have finance write a flat plan, an administrator approve it, and put both sellers on it."""
    fay, adam = people["fay"], people["adam"]
    first = company.today.replace(day=1).isoformat()
    plan = fay.post("/api/business/commissions/plans/", {"name": "Standard"}, status=201)
    version = fay.post(
        f"/api/business/commissions/plans/{plan['id']}/versions/",
        {
            "effective_from": first,
            "components": [{"name": "Collected", "rate_percent": company.rate_percent}],
        },
        status=201,
    )
    path = f"/api/business/commissions/plan-versions/{version['id']}"
    fay.post(f"{path}/submit/")
    status, code = fay.refused(fay.send("POST", f"{path}/approve/", {}))
    report.equal("finance approving its own plan", (status, code)[0], 403)
    active = adam.post(f"{path}/approve/", {})
    report.equal("the plan is", active["status"], "active")
    for name in ("sam", "suki"):
        body = {"payee": people[name].id, "plan": plan["id"], "valid_from": first}
        fay.post("/api/business/commissions/assignments/", body, status=201)

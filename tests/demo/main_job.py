"""The main job in one organization: from the client to the commission, over HTTP and WebSocket."""

import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from config.stack import Stack
from tests.demo.cast import Company, People
from tests.demo.listening import Ear
from tests.demo.proofs import receipt
from tests.demo.report import Report
from tests.demo.sums import amount_of, money
from tests.demo.web import Person

PAYMENTS = "/api/business/payments/"
SHARES = {"sam": Decimal(70), "suki": Decimal(30)}
RACING = (("249.99", "card"), ("350.01", "cash"))  # one payment of each deal
DEAD_SECONDS = 1.5


def seen(payment: dict[str, Any]) -> dict[str, Any]:
    """Return what binds a decision to the payment as it was shown."""
    return {"content_hash": payment["content_hash"]}


@dataclass
class MainJob:
    """What happens in one organization, in order; each part leaves what the next one needs."""

    company: Company
    people: People
    stack: Stack
    report: Report
    ears: dict[str, Ear] = field(default_factory=dict)
    client: dict[str, Any] = field(default_factory=dict)
    deal: dict[str, Any] = field(default_factory=dict)
    second_deal: dict[str, Any] = field(default_factory=dict)
    payment: dict[str, Any] = field(default_factory=dict)

    @property
    def sam(self) -> Person:
        """Return who sells."""
        return self.people["sam"]

    @property
    def vera(self) -> Person:
        """Return who verifies."""
        return self.people["vera"]

    def money(self, amount: str) -> dict[str, str]:
        """Return an amount of the organization's currency."""
        return money(amount, self.company.currency)

    def listen(self) -> None:
        """Open sockets for those whom the job concerns."""
        for name in ("vera", "sam", "suki"):
            self.ears[name] = Ear(self.people[name])
        heads = [ear.head for ear in self.ears.values()]
        self.report.equal("sockets say hello with an empty inbox", heads, [0, 0, 0])

    def hang_up(self) -> None:
        """Close whatever connections are open."""
        for ear in self.ears.values():
            ear.close()
        for person in self.people.values():
            person.close()

    def enter_client(self) -> None:
        """Enter the client."""
        self.client = self.sam.post(
            "/api/business/clients/",
            {
                "name": "Northern Foods",
                "billing_address": {
                    "line1": "12 Market Square",
                    "city": "Hamburg",
                    "postal_code": "20457",
                    "country": "DE",
                },
                "email": "accounts@northern.example",
            },
            status=201,
        )
        self.report.equal("the client's code", self.client["code"], "CL-0001")

    def win_deal(self) -> None:
        """Enter two won deals, 1,000.00 together, the first in two instalments; credited 70/30."""
        self.deal = self._enter_won_deal("Website", "400.00", "249.99")
        self.second_deal = self._enter_won_deal("Training", "350.01")
        self.report.equal("the deal's code", self.deal["code"], "DL-0001")
        self.report.equal("the deal is", self.deal["status"], "won")
        self.report.equal("its total", self.deal["total"], self.money("649.99"))
        self.report.equal("the second is", self.second_deal["status"], "won")

    def _enter_won_deal(self, name: str, *parts: str) -> dict[str, Any]:
        today = self.company.today
        price = sum((Decimal(part) for part in parts), Decimal(0))
        line = {"description": name, "quantity": "1", "unit_price": self.money(str(price))}
        body = {
            "name": name,
            "client": self.client["code"],
            "status": "won",
            "lines": [line],
            "instalments": [
                {
                    "due_on": (today + timedelta(days=30 * number)).isoformat(),
                    "amount": self.money(part),
                }
                for number, part in enumerate(parts)
            ],
            "splits": [
                {"payee": self.people[payee].id, "share_percent": str(share)}
                for payee, share in SHARES.items()
            ],
        }
        entered: dict[str, Any] = self.sam.post("/api/business/deals/", body, status=201)
        return entered

    def submit_payment(self) -> None:
        """Send the proof, then the payment, twice with one key."""
        content = receipt("400.00 received from Northern Foods")
        upload = {"file": ("receipt.pdf", content, "application/pdf")}
        file = self.sam.data(self.sam.send("POST", "/api/business/files/", files=upload), 201)
        self.report.equal(
            "the proof's SHA-256", file["sha256"], hashlib.sha256(content).hexdigest()
        )
        body = self._payment_body("400.00", "bank_transfer", proofs=[file["id"]])
        key = str(uuid4())
        first = self.sam.send("POST", PAYMENTS, body, key=key)
        again = self.sam.send("POST", PAYMENTS, body, key=key)
        self.payment = self.sam.data(first, 201)
        self.report.equal("the payment's code", self.payment["code"], "PY-0001")
        self.report.equal("the payment is", self.payment["status"], "submitted")
        self.report.equal(
            "the same request again is answered the same", again.json()["data"], self.payment
        )
        self.report.equal("and says so", again.headers.get("Idempotent-Replayed"), "true")
        other = self.sam.send("POST", PAYMENTS, {**body, "remarks": "other"}, key=key)
        self.report.equal("another body under the key", self.sam.refused(other)[0], 422)

    def hear_of_submission(self) -> None:
        """Let the verifier hear of it live."""
        ear = self.ears["vera"]
        ear.wait(lambda: "payment_submitted" in ear.kinds(), what="of the submitted payment")
        frame = ear.notifications()[0]
        self.report.equal("vera hears live, as number", frame["seq"], 1)
        self.report.true("and reads", "PY-0001" in frame["title"], f"{frame['title']!r}")
        queue = self.vera.rows(f"{PAYMENTS}queue/")
        self.report.equal("vera's queue", [row["code"] for row in queue], ["PY-0001"])
        ear.wait(lambda: "queue" in ear.topics(), what="that the queue changed")

    def refuse_maker(self) -> None:
        """Show that the maker cannot approve, nor a salesperson of no concern, nor an auditor."""
        path = f"{PAYMENTS}{self.payment['id']}/approve/"
        answer = self.sam.send("POST", path, seen(self.payment))
        self.report.equal("sam approving it", self.sam.refused(answer), (403, "maker_is_checker"))
        audrey = self.people["audrey"]
        answer = audrey.send("POST", path, seen(self.payment))
        self.report.equal("audrey approving it", audrey.refused(answer)[0], 403)

    def approve_without_worker(self) -> None:
        """Kill the worker, approve, and find the money booked though nobody has been told."""
        self.stack.kill_worker()
        self.report.step("the worker was killed (SIGKILL)")
        path = f"{PAYMENTS}{self.payment['id']}/approve/"
        body = {"verified_amount": self.money("400.00"), "evidence": "Statement 42"}
        unbound = self.vera.refused(self.vera.send("POST", path, body))
        self.report.equal("approving what was not seen", unbound, (428, "precondition_required"))
        body |= seen(self.payment)
        approved = self.vera.data(self.vera.send("POST", path, body), 200)
        self.report.equal("the payment is", approved["status"], "verified")
        self.report.equal("applied", approved["applied"], self.money("400.00"))
        first = self.deal["instalments"][0]["id"]
        covered = [row["instalment_id"] for row in approved["applications"]]
        self.report.equal("it covers the first instalment", covered, [first])
        viktor = self.people["viktor"]
        for name, person in (("vera", self.vera), ("viktor", viktor)):
            refusal = person.refused(person.send("POST", path, body))
            self.report.equal(
                f"{name} approving it again", refusal, (409, "payment_already_decided")
            )
        time.sleep(DEAD_SECONDS)
        self.report.equal("sam has heard, without a worker", self.ears["sam"].kinds(), [])

    def hear_after_restart(self) -> None:
        """Restart the worker: what was owed arrives, each of it once."""
        self.stack.restart_worker()
        self.report.step("the worker was restarted")
        expected = {
            "sam": ["commission_accrued", "payment_verified"],
            "suki": ["commission_accrued", "payment_verified"],
        }
        for name, kinds in expected.items():
            ear = self.ears[name]
            ear.wait(
                lambda ear=ear, kinds=kinds: len(ear.kinds()) >= len(kinds),  # type: ignore[misc]
                what=f"of {kinds}",
                seconds=45,
            )
            self.report.equal(f"{name} hears", sorted(ear.kinds()), kinds)
            inbox = self.people[name].list_inbox()
            self.report.equal(
                f"{name}'s inbox has each once",
                sorted(row["kind"] for row in inbox),
                kinds,
            )

    def race(self) -> None:
        """Have payments of two deals approved at once, by two verifiers, on the same ladders."""
        self.ears.pop("suki").close()
        self.report.step("suki's connection is cut")
        deals = (self.deal, self.second_deal)
        payments = [
            self.sam.post(
                PAYMENTS,
                {**self._payment_body(amount, method), "deal": deal["code"]},
                status=201,
            )
            for deal, (amount, method) in zip(deals, RACING, strict=True)
        ]
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda checker, paid: checker.send(
                        "POST", f"{PAYMENTS}{paid['id']}/approve/", seen(paid)
                    ),
                    (self.vera, self.people["viktor"]),
                    payments,
                )
            )
        statuses = [answer.json()["data"]["status"] for answer in answers]
        self.report.equal("two approvals at once", statuses, ["verified", "verified"])
        for each in deals:
            deal = self.sam.get(f"/api/business/deals/{each['code']}/")
            self.report.equal(f"{deal['code']} is", deal["payment"]["progress"], "paid")
            self.report.equal("outstanding", deal["payment"]["outstanding"], self.money("0.00"))

    def resume_after_cut(self) -> None:
        """Let suki come back: she gets what she missed, in order, and nothing twice."""
        suki = self.people["suki"]
        self._until(lambda: suki.get("/api/notifications/unread-count/")["head"] == 6)
        ear = self.ears["suki"] = Ear(suki, after=2)
        self.report.equal("suki comes back; hello says", ear.head, 6)
        ear.wait(lambda: len(ear.notifications()) >= 4, what="what she missed")
        seqs = [frame["seq"] for frame in ear.notifications()]
        self.report.equal("she resumes after 2 and gets", seqs, [3, 4, 5, 6])

    def leave_one_waiting(self) -> None:
        """Submit a payment on an open deal, so that something awaits verification."""
        deal = self.sam.post(
            "/api/business/deals/",
            {
                "name": "Maintenance",
                "client": self.client["code"],
                "status": "open",
                "lines": [
                    {
                        "description": "Maintenance",
                        "quantity": "2.5",
                        "unit_price": self.money("100.00"),
                    }
                ],
            },
            status=201,
        )
        body = {**self._payment_body("120.00", "cash"), "deal": deal["code"]}
        waiting = self.sam.post(PAYMENTS, body, status=201)
        self.report.equal("a payment waits", waiting["status"], "submitted")
        ear = self.ears["vera"]
        title = waiting["code"]
        ear.wait(
            lambda: any(title in frame["title"] for frame in ear.notifications()),
            what=f"of {title}",
        )
        seqs = [frame["seq"] for frame in ear.notifications()]
        self.report.equal("vera's numbers have no gap", seqs, [1, 2, 3, 4])

    def _payment_body(
        self, amount: str, method: str, *, proofs: list[str] | None = None
    ) -> dict[str, Any]:
        return {
            "client": self.client["code"],
            "deal": self.deal["code"],
            "amount": self.money(amount),
            "method": method,
            "reference": f"{method}-{amount}",
            "received_on": self.company.today.isoformat(),
            "proofs": proofs or [],
        }

    def _until(self, holds: Callable[[], bool], *, seconds: float = 20.0) -> None:
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                self.report.fail(f"nothing happened within {seconds:.0f} s")
            time.sleep(0.1)

    def verified_total(self) -> Decimal:
        """Return the sum of the verified payments, as the list shows them."""
        rows = self.people["olga"].rows(PAYMENTS, status="verified")
        return sum((amount_of(row["verified_amount"]) for row in rows), Decimal(0))

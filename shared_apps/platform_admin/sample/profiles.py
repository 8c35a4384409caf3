"""The two organizations of the sample and the people who work there."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Member:
    """A person of the sample; the mailbox stands before the organization's mail domain."""

    first_name: str
    last_name: str
    role: str

    @property
    def mailbox(self) -> str:
        """Return the part of the address before the @."""
        return self.first_name.lower()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What is fixed about an organization of the sample. `currencies` come with their weights."""

    slug: str
    mail_domain: str
    name: str
    legal_name: str
    tax_id: str
    billing_address: Mapping[str, str]
    currency: str
    timezone: str
    currencies: tuple[tuple[str, int], ...]
    commission_rate_percent: str
    people: tuple[Member, ...]
    settings: Mapping[str, object] = field(default_factory=dict)

    def with_role(self, role: str) -> tuple[Member, ...]:
        """Return the people of a role, in the order of the table."""
        return tuple(member for member in self.people if member.role == role)

    def email_of(self, member: Member) -> str:
        """Return a person's sign-in address."""
        return f"{member.mailbox}@{self.mail_domain}"


ACME = Profile(
    slug="acme",
    mail_domain="acme.example",
    name="Acme Trading",
    legal_name="Acme Trading Inc.",
    tax_id="US-47-1180339",
    billing_address={
        "line1": "400 Harbor Boulevard",
        "city": "Boston",
        "postal_code": "02210",
        "country": "US",
    },
    currency="USD",
    timezone="America/New_York",
    currencies=(("USD", 75), ("EUR", 25)),
    commission_rate_percent="8",
    people=(
        Member("Olga", "Ortiz", "owner"),
        Member("Adam", "Abbott", "admin"),
        Member("Theo", "Tanaka", "team_lead"),
        Member("Sam", "Silva", "salesperson"),
        Member("Suki", "Sato", "salesperson"),
        Member("Saul", "Stern", "salesperson"),
        Member("Vera", "Volkov", "verifier"),
        Member("Viktor", "Vance", "verifier"),
        Member("Fay", "Foster", "finance"),
        Member("Audrey", "Ames", "auditor"),
        Member("Rita", "Rossi", "reviewer"),
        Member("Tim", "Turner", "team_member"),
    ),
)
GLOBEX = Profile(
    slug="globex",
    mail_domain="globex.example",
    name="Globex",
    legal_name="Globex GmbH",
    tax_id="DE129273398",
    billing_address={
        "line1": "Speicherstadt 12",
        "city": "Hamburg",
        "postal_code": "20457",
        "country": "DE",
    },
    currency="EUR",
    timezone="Europe/Berlin",
    currencies=(("EUR", 70), ("GBP", 30)),
    commission_rate_percent="6.5",
    people=(
        Member("Oskar", "Olsen", "owner"),
        Member("Anja", "Adler", "admin"),
        Member("Tessa", "Thiel", "team_lead"),
        Member("Sven", "Schulz", "salesperson"),
        Member("Sara", "Seidel", "salesperson"),
        Member("Stefan", "Sommer", "salesperson"),
        Member("Vito", "Vogel", "verifier"),
        Member("Vanessa", "Voss", "verifier"),
        Member("Finn", "Fischer", "finance"),
        Member("Alma", "Arndt", "auditor"),
        Member("Rolf", "Richter", "reviewer"),
        Member("Tilda", "Timm", "team_member"),
    ),
)
PROFILES = (ACME, GLOBEX)

"""The wish for a new organization: checked and written down; its schema comes later."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from shared_apps.kernel.errors import DomainError, Gathering, ValidationFailed, check_filled
from shared_apps.kernel.ids import uuid7
from shared_apps.kernel.wording import worded
from shared_apps.organizations.models import Domain, Organization, Status
from shared_apps.organizations.services.checking import (
    FirstOwner,
    check_address,
    check_currency,
    check_email,
    check_length,
    check_owner,
    check_timezone,
)
from shared_apps.organizations.services.claim import write_down
from shared_apps.organizations.settings import parse_settings
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.schemas import schema_name_of

SLUG = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?")
ENCODED = "xn--"
RESERVED_SLUGS = frozenset(
    {
        *("admin", "api", "app", "assets", "auth", "billing", "console", "docs", "help", "mail"),
        *("platform", "public", "signup", "static", "status", "support", "www"),
    }
)


class SlugTaken(DomainError):
    """Another organization has this subdomain."""

    code = "slug_taken"
    message = "This subdomain is taken; choose another one."
    field = "/slug"


@dataclass(frozen=True, kw_only=True)
class NewOrganization:
    """What is needed to found an organization. `slug` becomes the subdomain."""

    slug: str
    name: str
    currency: str
    timezone: str = "UTC"
    legal_name: str = ""
    tax_id: str = ""
    email: str = ""
    billing_address: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


def request_organization(new: NewOrganization, *, owner: FirstOwner | None = None) -> Organization:
    """Write down a new organization and its subdomain, status requested; nothing is routable yet.

    With an owner it is provisioned by itself, should whoever asked for it die before doing so.
    Raises: ValidationFailed, SlugTaken.
    """
    _check(*_checks_of(new), *([partial(check_owner, owner)] if owner else []))
    organization_id = uuid7()
    try:
        with use_platform(), transaction.atomic():
            organization = Organization(
                id=organization_id,
                schema_name=schema_name_of(organization_id),
                status=Status.REQUESTED,
                **_columns(new),
            )
            organization.save(force_insert=True)
            Domain.objects.create(
                tenant=organization, domain=subdomain_host(new.slug), is_primary=True
            )
            if owner is not None:
                write_down(organization_id, owner)
    except IntegrityError:
        raise SlugTaken from None
    return organization


def subdomain_host(slug: str) -> str:
    """Return the host name of an organization's subdomain (no port)."""
    base: str = settings.BASE_DOMAIN
    return f"{slug}.{base.rsplit(':', 1)[0].lower()}"


def _columns(new: NewOrganization) -> dict[str, Any]:
    return {
        "slug": new.slug,
        "name": new.name.strip(),
        "legal_name": new.legal_name.strip(),
        "tax_id": new.tax_id.strip(),
        "email": new.email,
        "billing_address": dict(new.billing_address),
        "currency": new.currency,
        "timezone": new.timezone,
        "settings": dict(new.settings),
    }


def check_new_organization(new: NewOrganization, *, owner: FirstOwner) -> None:
    """Refuse what could not be founded, before anybody waits for it. Raises: ValidationFailed."""
    _check(
        *_checks_of(new),
        partial(check_email, owner.email),
        partial(check_filled, owner.first_name, at="/first_name"),
        partial(check_filled, owner.last_name, at="/last_name"),
    )


def _check(*checks: Callable[[], object]) -> None:
    """Make checks that do not need each other. Raises: ValidationFailed with all they found."""
    together = Gathering()
    for check in checks:
        with together.part():
            check()
    together.refuse()


def _checks_of(new: NewOrganization) -> Iterator[Callable[[], object]]:
    yield partial(check_slug, new.slug)
    yield partial(check_filled, new.name, at="/name")
    yield partial(check_currency, new.currency)
    yield partial(check_timezone, new.timezone)
    if new.email:
        yield partial(check_email, new.email)
    for name in ("name", "legal_name", "tax_id", "email"):
        yield partial(check_length, Organization, name, getattr(new, name).strip())
    yield partial(check_address, new.billing_address)
    yield partial(parse_settings, new.settings)


def check_slug(slug: str) -> None:
    """Refuse what is no subdomain of an organization. Raises: ValidationFailed."""
    check_filled(slug, at="/slug")
    if not SLUG.fullmatch(slug):
        raise ValidationFailed.at(
            "/slug",
            worded(
                "'%(slug)s' is not a subdomain: 1 to 40 lower-case letters, digits or hyphens, "
                "beginning with a letter and not ending with a hyphen.",
                slug=slug,
            ),
        )
    if slug.startswith(ENCODED):
        raise ValidationFailed.at(
            "/slug",
            "A subdomain must not begin with xn--: browsers take that for an encoded name.",
        )
    if slug in RESERVED_SLUGS:
        raise ValidationFailed.at(
            "/slug", worded("'%(slug)s' is reserved; choose another subdomain.", slug=slug)
        )

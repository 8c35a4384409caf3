"""The host names of an organization: it answers at each, and links lead to the primary one."""

import re
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import DomainError, NotFound, ValidationFailed
from shared_apps.kernel.events import Actor
from shared_apps.kernel.wording import worded
from shared_apps.organizations.events import DomainAdded, DomainMadePrimary, DomainRemoved
from shared_apps.organizations.models import Domain
from shared_apps.organizations.services.lifecycle import lock_organization
from shared_apps.organizations.services.request import RESERVED_SLUGS
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.directory import get_directory

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})+")


class DomainTaken(DomainError):
    """Another organization answers at this host."""

    code = "domain_taken"
    message = "An organization answers at this host already."


class PrimaryDomainStays(DomainError):
    """The primary host is where links lead to."""

    code = "primary_domain_stays"
    message = "Links lead to this host: make another one primary first."


def add_domain(
    *, organization_id: UUID, host: str, by: Actor, at: datetime, reason: str = ""
) -> Domain:
    """Let an organization answer at one more host. Locks the organization; records DomainAdded.

    Raises: ValidationFailed, DomainTaken, Organization.DoesNotExist.
    """
    name = normal_host(host)
    with use_platform(), transaction.atomic():
        lock_organization(organization_id)
        domain = _insert(organization_id, name)
        event = DomainAdded(organization_id=organization_id, domain=name)
        record(event, actor=by, at=at, reason=reason)
        transaction.on_commit(get_directory().forget)
    return domain


def make_domain_primary(
    *, organization_id: UUID, host: str, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Lead links to another host of the organization. Records DomainMadePrimary.

    Locks the organization. Raises: NotFound, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        lock_organization(organization_id)
        domain = _get(organization_id, host)
        rows = Domain.objects.filter(tenant_id=organization_id, is_primary=True)
        before = list(rows.values_list("domain", flat=True))
        rows.update(is_primary=False)
        Domain.objects.filter(pk=domain.pk).update(is_primary=True)
        record(
            DomainMadePrimary(organization_id=organization_id, domain=domain.domain),
            actor=by,
            at=at,
            before={"domain": ", ".join(before)},
            after={"domain": domain.domain},
            reason=reason,
        )
        transaction.on_commit(get_directory().forget)


def remove_domain(
    *, organization_id: UUID, host: str, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Let an organization no longer answer at a host. Locks it; records DomainRemoved.

    Raises: NotFound, PrimaryDomainStays, Organization.DoesNotExist.
    """
    with use_platform(), transaction.atomic():
        lock_organization(organization_id)
        domain = _get(organization_id, host)
        if domain.is_primary:
            raise PrimaryDomainStays
        Domain.objects.filter(pk=domain.pk).delete()
        event = DomainRemoved(organization_id=organization_id, domain=domain.domain)
        record(event, actor=by, at=at, reason=reason)
        transaction.on_commit(get_directory().forget)


def normal_host(host: str) -> str:
    """Return a host name as it is stored. Raises: ValidationFailed for what no tenant may have."""
    name = host.strip().lower().rstrip(".")
    if not HOST.fullmatch(name):
        raise ValidationFailed.at(
            "/host", worded("'%(host)s' is not a host name such as crm.example.com.", host=host)
        )
    base = settings.BASE_DOMAIN.rsplit(":", 1)[0].lower()
    label = name.removesuffix(f".{base}")
    if name in settings.PLATFORM_HOSTS or (label != name and label in RESERVED_SLUGS):
        raise ValidationFailed.at(
            "/host", worded("%(name)s is reserved for the platform.", name=name)
        )
    return name


def _insert(organization_id: UUID, name: str) -> Domain:
    try:
        with transaction.atomic():
            domain = Domain(tenant_id=organization_id, domain=name, is_primary=False)
            domain.save(force_insert=True)
    except IntegrityError:
        raise DomainTaken from None
    return domain


def _get(organization_id: UUID, host: str) -> Domain:
    domain: Domain | None = Domain.objects.filter(tenant_id=organization_id, domain=host).first()
    if domain is None:
        raise NotFound
    return domain

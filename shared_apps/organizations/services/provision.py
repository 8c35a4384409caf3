"""From a written wish to an organization that answers."""

from datetime import datetime
from uuid import UUID

import structlog

from shared_apps.audit.recording import record
from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import DomainError
from shared_apps.kernel.events import Actor
from shared_apps.organizations.events import OrganizationProvisioned
from shared_apps.organizations.models import BuiltBy
from shared_apps.organizations.selectors import get_tenant, list_due_provisionings
from shared_apps.organizations.services.checking import FirstOwner, check_owner
from shared_apps.organizations.services.claim import (
    MAX_ATTEMPTS,
    Claim,
    ProvisioningTakenOver,
    claim_provisioning,
    note_built,
    note_failure,
    note_fallback,
    note_open,
    prolong,
    step,
)
from shared_apps.tenancy.blueprint import (
    BlueprintUnusable,
    find_blueprint,
    get_blueprint,
    is_ready,
    migrate_instead,
    replay,
)
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from shared_apps.tenancy.rights.roles import as_owner

log = structlog.get_logger(__name__)


class OwnerNotNamed(DomainError):
    """Nobody wrote down who will own the organization."""

    code = "owner_not_named"
    message = "Name the owner: nobody is written down who could be invited."


class SchemaMovedOn(RuntimeError):
    """Another release migrated the schema meanwhile: its own worker founds what belongs into it."""

    def __init__(self) -> None:
        super().__init__("The schema is at another release's plan; it is gone on with there.")


def provision_organization(
    *, organization_id: UUID, at: datetime, owner: FirstOwner | None = None
) -> Tenant:
    """Build the schema, record OrganizationProvisioned in it and open the host.

    Each step is one transaction under a claim; whatever kills a process between or within them, the
    next one goes on, and the host answers only after the last. `owner` is needed when the wish does
    not name one. A failure leaves the status `failed` with its reason, and is tried again.
    Raises: ValidationFailed for an owner who cannot be invited, OrganizationAlreadyProvisioned,
    ProvisioningUnderWay, and whatever broke a step.
    """
    if owner is not None:
        check_owner(owner)
    claim = claim_provisioning(organization_id=organization_id, owner=owner)
    tenant = get_tenant(organization_id)
    try:
        with as_owner():
            _build(claim, tenant.schema)
        with step(claim):  # both at once: what the first event owes finds an open organization
            _found(claim, tenant, at)
            note_open(claim)
    except ProvisioningTakenOver:
        raise
    except Exception as error:
        note_failure(claim, error)
        raise
    log.info("organization_provisioned", organization=tenant.slug, schema=tenant.schema)
    return get_tenant(organization_id)


def provision_due(*, at: datetime) -> int:
    """Go on with every provisioning that a dead or failed process has left; return how many did.

    One that fails harms no other: its reason is noted, and after 8 attempts it waits for somebody.
    """
    with use_platform():
        due = list_due_provisionings(max_attempts=MAX_ATTEMPTS)
    return sum(go_on_with(organization_id, at=at) for organization_id in due)


def go_on_with(organization_id: UUID, *, at: datetime) -> bool:
    """Provision an organization as far as it goes; return whether it answers now.

    What stops it is noted on its row and never raised.
    """
    try:
        provision_organization(organization_id=organization_id, at=at)
    except DomainError as error:  # finished or claimed by another meanwhile, or without an owner
        log.warning("provisioning_skipped", organization=str(organization_id), reason=error.detail)
    except Exception:  # whatever broke is noted on the row
        log.exception("provisioning_failed", organization=str(organization_id))
    else:
        return True
    return False


def _build(claim: Claim, schema: str) -> None:
    """Replay the blueprint, or migrate when there is none to use; a complete schema is kept."""
    if is_ready(schema):
        return
    try:
        blueprint = find_blueprint()
        if blueprint is None:
            prolong(claim)
            blueprint = get_blueprint()
        with step(claim):
            note_built(claim, by=BuiltBy.BLUEPRINT, ms=replay(schema, blueprint))
    except BlueprintUnusable as error:
        note_fallback(claim, str(error))
        ms = migrate_instead(schema, reason=str(error))
        with step(claim):
            note_built(claim, by=BuiltBy.MIGRATIONS, ms=ms)


def _found(claim: Claim, tenant: Tenant, at: datetime) -> None:
    """Record the first event once; its reactions seed roles, policies and the owner.

    Joins the step's transaction. Raises: SchemaMovedOn, OwnerNotNamed.
    """
    if not is_ready(tenant.schema):
        raise SchemaMovedOn
    with use_tenant(tenant):
        history = history_of(OrganizationProvisioned.subject_type, tenant.id)
        if history.filter(name=OrganizationProvisioned.name).exists():
            return
        if not claim.owner.email:
            raise OwnerNotNamed
        record(
            OrganizationProvisioned(
                organization_id=tenant.id,
                owner_email=claim.owner.email,
                owner_first_name=claim.owner.first_name,
                owner_last_name=claim.owner.last_name,
            ),
            actor=Actor.system("provisioning"),
            at=at,
        )

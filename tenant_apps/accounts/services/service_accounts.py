"""Service accounts: programs that come with API keys. Nobody signs in as one."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shared_apps.audit.recording import record
from shared_apps.kernel.errors import NotFound, check_filled
from shared_apps.kernel.events import Actor
from tenant_apps.accounts.events import (
    ServiceAccountCreated,
    ServiceAccountResumed,
    ServiceAccountSuspended,
)
from tenant_apps.accounts.models import PersonStatus, User
from tenant_apps.accounts.services.people import WrongStatus

# a name that no mail ever reaches (RFC 2606)
ADDRESS = "{id}@service-account.invalid"


@transaction.atomic
def create_service_account(*, name: str, by: Actor, at: datetime) -> User:
    """Enter a service account without a key. Records ServiceAccountCreated."""
    account = User(
        first_name=name.strip(),
        status=PersonStatus.ACTIVE,
        is_service_account=True,
        created_at=at,
        updated_at=at,
        created_by_id=by.user_id,
        updated_by_id=by.user_id,
    )
    account.email = ADDRESS.format(id=account.pk.hex)
    account.set_unusable_password()
    account.save(force_insert=True)
    event = ServiceAccountCreated(user_id=account.pk)
    record(event, actor=by, at=at, after={"name": account.full_name})
    return account


@transaction.atomic
def suspend_service_account(*, user_id: UUID, by: Actor, at: datetime, reason: str) -> User:
    """Stop all keys of a service account at once. Locks the account.

    Records ServiceAccountSuspended with the reason; its reaction closes the account's sockets.
    Raises: NotFound, WrongStatus, ValidationFailed without a reason.
    """
    check_filled(reason, at="/reason")
    account = lock_service_account(user_id)
    if account.status == PersonStatus.SUSPENDED:
        raise WrongStatus("The service account is suspended already.")
    _set_status(account, PersonStatus.SUSPENDED, by=by, at=at)
    record(ServiceAccountSuspended(user_id=account.pk), actor=by, at=at, reason=reason.strip())
    return account


@transaction.atomic
def resume_service_account(*, user_id: UUID, by: Actor, at: datetime) -> User:
    """Let the keys of a suspended service account work again. Locks the account.

    Records ServiceAccountResumed. Raises: NotFound, WrongStatus.
    """
    account = lock_service_account(user_id)
    if account.status != PersonStatus.SUSPENDED:
        raise WrongStatus("The service account is not suspended.")
    _set_status(account, PersonStatus.ACTIVE, by=by, at=at)
    record(ServiceAccountResumed(user_id=account.pk), actor=by, at=at)
    return account


def lock_service_account(user_id: UUID) -> User:
    """Return the service account, locked until the transaction ends. Raises: NotFound."""
    rows = User.objects.select_for_update(no_key=True, of=("self",))
    account = rows.filter(pk=user_id, is_service_account=True).first()
    if account is None:
        raise NotFound
    return account


def _set_status(account: User, status: PersonStatus, *, by: Actor, at: datetime) -> None:
    account.status = status
    changed = account.mark_changed(by_id=by.user_id, at=at)
    account.save(update_fields=["status", *changed])

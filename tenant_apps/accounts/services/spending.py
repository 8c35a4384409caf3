"""Tokens that are good once: the database remembers the used ones until they would have expired."""

from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from shared_apps.kernel.clock import utc_now
from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.models import SpentToken
from tenant_apps.accounts.tokens import BEARER, BoundToken


def spend(token: BoundToken) -> None:
    """Use a token up. Forgets those that have expired. Raises: TokenInvalid when it was used."""
    expires_at = datetime.fromtimestamp(token["exp"], tz=UTC)
    if not spend_once(token["jti"], expires_at=expires_at):
        raise TokenInvalid(headers=BEARER)


def spend_once(token_id: str, *, expires_at: datetime) -> bool:
    """Use up what this id names, 64 characters at most; return whether it was unused."""
    SpentToken.objects.filter(expires_at__lt=utc_now()).delete()
    try:
        with transaction.atomic():
            SpentToken(pk=token_id, expires_at=expires_at).save(force_insert=True)
    except IntegrityError:
        return False
    return True

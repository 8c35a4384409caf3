"""Write anew what an old field key wrote: the secrets of authenticator apps."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from shared_apps.kernel.field_keys import FORM, seal, unseal, writing_key

BATCH = 200


def count_stale_secrets() -> int:
    """Return how many secrets of this schema an old key wrote."""
    count: int = _stale().count()
    return count


def renew_secrets() -> int:
    """Write one batch anew under the key that writes now; return how many, 0 when none is left.

    Each batch is a transaction of its own, so that whatever stops the work loses nothing: what is
    done is done, and the rest is found again. Locks the rows. Raises: CannotUnseal.
    """
    with transaction.atomic():
        rows = list(_stale().select_for_update(no_key=True, of=("self",))[:BATCH])
        for row in rows:
            row.data["secret"] = seal(unseal(row.data["secret"]))
            row.save(update_fields=["data"])
    return len(rows)


def _stale() -> Any:
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return rows.exclude(data__secret__startswith=f"{FORM}.{writing_key()}.").order_by("pk")

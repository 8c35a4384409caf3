"""Write anew what an old field key wrote: sealed columns of every app, and authenticator apps."""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Model, QuerySet

from shared_apps.kernel.field_keys import FORM, seal, unseal, writing_key
from shared_apps.kernel.models import SealedField
from shared_apps.tenancy.context import is_platform

BATCH = 200


def count_stale_secrets() -> int:
    """Return how many secrets of this schema an old key wrote."""
    columns = sum(_stale(model, name).count() for model, name in sealed_columns())
    return int(_stale_apps().count()) + columns


def renew_secrets() -> int:
    """Write one batch anew under the key that writes now; return how many, 0 when none is left.

    Each batch is a transaction of its own, so that whatever stops the work loses nothing: what is
    done is done, and the rest is found again. Locks the rows. Raises: CannotUnseal.
    """
    if count := _renew_apps():
        return count
    counts = (_renew_column(model, name) for model, name in sealed_columns())
    return next((count for count in counts if count), 0)


def sealed_columns() -> Iterator[tuple[type[Model], str]]:
    """Yield every column of this schema that holds sealed values: (model, field's name)."""
    here = settings.SHARED_APPS if is_platform() else settings.TENANT_APPS
    for model in apps.get_models():
        fields = model._meta.concrete_fields  # noqa: SLF001  Django's documented name
        names = [field.name for field in fields if isinstance(field, SealedField)]
        if names and apps.get_containing_app_config(model.__module__).name in here:  # type: ignore[union-attr]  # a model has an app
            yield from ((model, name) for name in names)


@transaction.atomic
def _renew_column(model: type[Model], name: str) -> int:
    rows = list(_stale(model, name).select_for_update(no_key=True, of=("self",))[:BATCH])
    for row in rows:
        setattr(row, name, seal(unseal(getattr(row, name))))
        row.save(update_fields=[name])
    return len(rows)


@transaction.atomic
def _renew_apps() -> int:
    rows = list(_stale_apps().select_for_update(no_key=True, of=("self",))[:BATCH])
    for row in rows:
        row.data["secret"] = seal(unseal(row.data["secret"]))
        row.save(update_fields=["data"])
    return len(rows)


def _stale(model: type[Model], name: str) -> QuerySet[Model]:
    rows = model._default_manager.exclude(**{name: ""})  # noqa: SLF001  Django's documented name
    return rows.exclude(**{f"{name}__startswith": _beginning()}).order_by("pk")


def _stale_apps() -> Any:
    rows = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return rows.exclude(data__secret__startswith=_beginning()).order_by("pk")


def _beginning() -> str:
    return f"{FORM}.{writing_key()}."

"""Corrections to what Django and django-tenants assume of a single schema per process."""

from collections.abc import Iterator, MutableMapping
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import OpClass
from django.db.models import OrderBy
from django.db.models.functions import Collate
from django.db.models.indexes import IndexExpression
from django.db.models.signals import post_delete
from django_tenants.signals import tenant_delete_callback

from shared_apps.tenancy.context import find_current_schema


class _CacheBySchema(MutableMapping[str, Any]):
    """The content type cache, one per schema: an id of one means nothing in another."""

    def __init__(self) -> None:
        self._by_schema: dict[str | None, dict[str, Any]] = {}

    @property
    def _here(self) -> dict[str, Any]:
        return self._by_schema.setdefault(find_current_schema(), {})

    def __getitem__(self, key: str) -> Any:
        return self._here[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._here[key] = value

    def __delitem__(self, key: str) -> None:
        del self._here[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._here)

    def __len__(self) -> int:
        return len(self._here)


def allow_operator_classes() -> None:
    """Let an index on expressions name operator classes (gin_trgm_ops).

    django.contrib.postgres does this when it is installed; it also queries every new connection,
    under no organization.
    """
    IndexExpression.register_wrappers(OrderBy, OpClass, Collate)


def key_content_types_by_schema() -> None:
    """Keep content types per schema instead of clearing the cache at every switch."""
    vars(ContentType.objects)["_cache"] = _CacheBySchema()


def silence_delete_receiver() -> None:
    """Disconnect django-tenants' receiver of all deletions: it makes bulk DELETE a SELECT + IN."""
    post_delete.disconnect(tenant_delete_callback)

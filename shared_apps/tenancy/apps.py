from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "shared_apps.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Take out what stock packages assume of one schema; watch over the rights on tables."""
        from shared_apps.tenancy.rights.checks import (  # noqa: PLC0415  same
            check_declarations,
            check_rights_hold,
            check_two_roles,
        )
        from shared_apps.tenancy.stock import (  # noqa: PLC0415  models are loaded only now
            allow_operator_classes,
            key_content_types_by_schema,
            silence_delete_receiver,
        )

        register(check_declarations)
        register(check_two_roles)
        register(check_rights_hold, Tags.database)
        post_migrate.connect(_grant, sender=self)
        allow_operator_classes()
        key_content_types_by_schema()
        silence_delete_receiver()


def _grant(**_migrated: Any) -> None:
    """Bring the rights in line with the models, after the migrations of any schema."""
    from shared_apps.tenancy.context import find_current_schema  # noqa: PLC0415  models are loaded only now
    from shared_apps.tenancy.rights.grants import apply_grants  # noqa: PLC0415  same

    if schema := find_current_schema():
        apply_grants(schema)

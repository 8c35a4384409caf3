from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "shared_apps.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Take out what stock packages assume of one schema."""
        from shared_apps.tenancy.stock import (  # noqa: PLC0415  models are loaded only now
            allow_operator_classes,
            key_content_types_by_schema,
            silence_delete_receiver,
        )

        allow_operator_classes()
        key_content_types_by_schema()
        silence_delete_receiver()

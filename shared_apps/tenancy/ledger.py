"""What the platform knows of each schema's migrations: one row each, in public."""

from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.models import SchemaState, SchemaStatus
from shared_apps.tenancy.plan import plan_hash


def note_ready(schema: str) -> None:
    """Write down that a schema is at the plan of this process; joins the open transaction."""
    with use_platform():
        SchemaState.objects.update_or_create(
            schema=schema,
            defaults={
                "plan_hash": plan_hash(),
                "status": SchemaStatus.READY,
                "lease_until": None,
                "leased_by": "",
                "error": "",
            },
        )


def forget_schema(schema: str) -> None:
    """Forget a schema that was dropped; joins the open transaction."""
    with use_platform():
        SchemaState.objects.filter(schema=schema).delete()

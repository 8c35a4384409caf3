"""How long the suite's tenants took to build by replay, and one blueprint for all processes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from django.core import serializers

from config.embedded.files import exclusive_lock
from shared_apps.organizations.models import BuiltBy, Provisioning
from shared_apps.tenancy.blueprint import get_blueprint
from shared_apps.tenancy.context import use_platform
from shared_apps.tenancy.models import SchemaBlueprint
from shared_apps.tenancy.rights.roles import as_owner


@dataclass
class Tally:
    """How long the tenants of one process took to build, and the migrations of one schema."""

    replays_ms: list[int] = field(default_factory=list)
    migrations_ms: list[int] = field(default_factory=list)
    one_migration_ms: int = 0

    def note(self, row: Provisioning) -> None:
        """Count a tenant that was provisioned."""
        by_replay = row.built_by == BuiltBy.BLUEPRINT
        (self.replays_ms if by_replay else self.migrations_ms).append(row.built_ms or 0)

    def __str__(self) -> str:
        saved_ms = len(self.replays_ms) * self.one_migration_ms - sum(self.replays_ms)
        return (
            f"{len(self.replays_ms)} built by replay, {median(self.replays_ms or [0]):.0f} ms each "
            f"(median), {len(self.migrations_ms)} by migrations; the migrations of one schema took "
            f"{self.one_migration_ms} ms: {saved_ms / 1000:.1f} s saved"
        )


tally = Tally()


def prepare_blueprint(shared: Path) -> None:
    """Give this process's database a blueprint: of its own, or the one that another has drawn."""
    stored = shared / "blueprint.json"
    with exclusive_lock(shared / "blueprint.lock"), as_owner(), use_platform():
        if stored.exists():
            for row in serializers.deserialize("json", stored.read_text(encoding="utf-8")):
                row.save()
        blueprint = get_blueprint()
        tally.one_migration_ms = blueprint.migrated_ms or 0
        if not stored.exists():
            rows = SchemaBlueprint.objects.filter(pk=blueprint.pk)
            stored.write_text(serializers.serialize("json", rows), encoding="utf-8")


def together(tallies: Iterable[Tally]) -> Tally:
    """Return the tally of several processes."""
    found = list(tallies)
    return Tally(
        replays_ms=[ms for each in found for ms in each.replays_ms],
        migrations_ms=[ms for each in found for ms in each.migrations_ms],
        one_migration_ms=max((each.one_migration_ms for each in found), default=0),
    )

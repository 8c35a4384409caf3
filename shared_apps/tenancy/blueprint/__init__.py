"""New schemas by replay: migrate a scratch schema, read its catalogs, repeat them per tenant.

`catalog` reads a schema and refuses what it does not know, `ddl` turns it into statements, `replay`
builds schemas from them and compares fingerprints. Whatever does not fit falls back, loudly, to the
ordinary migrations.
"""

from shared_apps.tenancy.blueprint.catalog import UnknownObject
from shared_apps.tenancy.blueprint.replay import BlueprintMismatch, build_schema, replay
from shared_apps.tenancy.blueprint.store import get_blueprint

__all__ = [
    "BlueprintMismatch",
    "UnknownObject",
    "build_schema",
    "get_blueprint",
    "replay",
]

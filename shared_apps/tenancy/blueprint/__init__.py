"""New schemas by replay: migrate a scratch schema, read its catalogs, repeat them per tenant.

`members` finds what belongs to a schema and refuses what nobody can repeat, `definitions` and
`content` say the rest in lines, `ddl` turns lines into statements. `drawing` makes a blueprint once
and `store` keeps it; `replay` builds schemas from it and compares fingerprints. Whatever does not
fit goes to the ordinary migrations, loudly (`fallback`).
"""

from shared_apps.tenancy.blueprint.catalog import UnknownObject
from shared_apps.tenancy.blueprint.fallback import is_ready, migrate_instead
from shared_apps.tenancy.blueprint.replay import (
    BlueprintMismatch,
    BlueprintUnusable,
    SchemaExists,
    replay,
)
from shared_apps.tenancy.blueprint.store import BlueprintRefused, find_blueprint, get_blueprint

__all__ = [
    "BlueprintMismatch",
    "BlueprintRefused",
    "BlueprintUnusable",
    "SchemaExists",
    "UnknownObject",
    "find_blueprint",
    "get_blueprint",
    "is_ready",
    "migrate_instead",
    "replay",
]

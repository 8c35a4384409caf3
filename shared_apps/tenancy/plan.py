"""The plan: all migrations and rights of this process under one hash.

A schema is at a plan or behind it.
"""

import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from shared_apps.tenancy.rights.declared import rights_text
from shared_apps.tenancy.rights.roles import application_role


@lru_cache(maxsize=1)
def plan_hash() -> str:
    """Return the SHA-256 of all migrations, their source included, and of who has which rights."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = sha256()
    for key in sorted(loader.disk_migrations):
        source = Path(sys.modules[loader.disk_migrations[key].__module__].__file__ or "")
        digest.update(repr(key).encode() + source.read_bytes())
    digest.update(f"{application_role()}\n{rights_text()}".encode())
    return digest.hexdigest()

"""The plan: all migrations, rights and standing parts of this process under one hash.

A schema is at a plan or behind it.
"""

import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from shared_apps.tenancy.rights.declared import rights_text
from shared_apps.tenancy.rights.roles import application_role
from shared_apps.tenancy.standing import standing_text


@lru_cache(maxsize=1)
def plan_hash() -> str:
    """Return the SHA-256 of all that a schema is brought to.

    All migrations, their source included, who has which rights, and what stands in every
    organization.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    digest = sha256()
    for key in sorted(loader.disk_migrations):
        source = Path(sys.modules[loader.disk_migrations[key].__module__].__file__ or "")
        digest.update(repr(key).encode() + source.read_bytes())
    digest.update(f"{application_role()}\n{rights_text()}\n{standing_text()}".encode())
    return digest.hexdigest()

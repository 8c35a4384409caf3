"""Cache keys that carry their tenant."""

from shared_apps.tenancy.context import current_schema

SEPARATOR = ":"


def tenant_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key of the alias `tenant`: "t:<schema>:...". Raises: NoTenant."""
    return SEPARATOR.join(("t", current_schema(), key_prefix, str(version), key))


def global_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key of the alias `default`: "g:...": shared by all on purpose (sign-in limits)."""
    return SEPARATOR.join(("g", key_prefix, str(version), key))


def bare_key(key: str) -> str:
    """Return the caller's part of a key made by `tenant_key`."""
    return key.split(SEPARATOR, 4)[4]

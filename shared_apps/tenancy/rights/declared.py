"""What each model grants to the application's role, and the same for the packages' models."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from shared_apps.kernel.rights import APPEND_ONLY, EVERY_FIELD, FREE, READ_ONLY, Rights

if TYPE_CHECKING:
    from django.db.models.options import Options

# The history of migrations has no model of an app; the application only reads it.
MIGRATIONS_TABLE = "django_migrations"
OUR_APPS = ("shared_apps.", "tenant_apps.")

# Packages declare nothing. What is missing here is a failure of `manage.py check`.
PACKAGE_RIGHTS = {
    "admin.LogEntry": READ_ONLY,  # the console writes events instead
    "auth.Permission": READ_ONLY,
    "auth.Group": FREE,
    "auth.Group_permissions": FREE,
    "contenttypes.ContentType": APPEND_ONLY,
    "sessions.Session": FREE,
    "account.EmailAddress": FREE,
    "account.EmailConfirmation": FREE,
    "mfa.Authenticator": FREE,
    # whom an organization's provider knows under which name
    "socialaccount.SocialAccount": FREE,
    # connections are ours (sso.Connection) and tokens of providers are not kept
    "socialaccount.SocialApp": READ_ONLY,
    "socialaccount.SocialToken": READ_ONLY,
}


class Privilege(NamedTuple):
    """One right as PostgreSQL knows it; `column` is empty for the whole table."""

    kind: str
    column: str = ""


def models_with_tables() -> list[type[Model]]:
    """Return every model of the installed apps that has a table, by the table's name."""
    found = apps.get_models(include_auto_created=True)
    return sorted((model for model in found if _options(model).managed), key=table_of)


def find_rights(model: type[Model]) -> Rights | None:
    """Return what a model grants, or None when nobody has decided."""
    declared = vars(model).get("rights")
    if isinstance(declared, Rights):
        return declared
    return PACKAGE_RIGHTS.get(_options(model).label)


def privileges_of(model: type[Model]) -> frozenset[Privilege]:
    """Return a model's privileges; rows of one that nobody has decided on can only be added."""
    rights = find_rights(model) or APPEND_ONLY
    kinds = {"SELECT": True, "INSERT": rights.insert, "DELETE": rights.delete}
    whole = {Privilege(kind) for kind, is_granted in kinds.items() if is_granted}
    return frozenset(whole | set(_updates(model, rights)))


def wanted_privileges() -> dict[str, frozenset[Privilege]]:
    """Return the privileges of the application's role, by table."""
    wanted = {table_of(model): privileges_of(model) for model in models_with_tables()}
    return {**wanted, MIGRATIONS_TABLE: frozenset({Privilege("SELECT")})}


def rights_text() -> str:
    """Return all rights as one text: schemas that were granted others are behind."""
    lines = (
        f"{table}: {', '.join(' '.join(privilege) for privilege in sorted(privileges))}"
        for table, privileges in sorted(wanted_privileges().items())
    )
    return "\n".join(lines)


def is_ours(model: type[Model]) -> bool:
    """Return whether a model is the product's own."""
    return model.__module__.startswith(OUR_APPS)


def is_theirs(model: type[Model]) -> bool:
    """Return whether a model is a package's."""
    return not is_ours(model)


def undecided(which: Callable[[type[Model]], bool]) -> Iterator[str]:
    """Yield in words what is wrong with the declarations of some models."""
    for model in filter(which, models_with_tables()):
        rights = find_rights(model)
        if rights is None:
            yield f"{_options(model).label} declares no rights"
        else:
            yield from _unknown_fields(model, rights)


def _unknown_fields(model: type[Model], rights: Rights) -> Iterator[str]:
    for name in rights.update:
        try:
            _ = name in EVERY_FIELD or _options(model).get_field(name)
        except FieldDoesNotExist:
            yield f"{_options(model).label} has no field {name!r} to update"


def _updates(model: type[Model], rights: Rights) -> Iterator[Privilege]:
    if rights.update == EVERY_FIELD:
        yield Privilege("UPDATE")
        return
    for name in rights.update:
        yield Privilege("UPDATE", _column(model, name))


def _column(model: type[Model], name: str) -> str:
    return str(_options(model).get_field(name).column)  # type: ignore[union-attr]  # a concrete field


def table_of(model: type[Model]) -> str:
    """Return the name of a model's table."""
    return _options(model).db_table


def _options(model: type[Model]) -> "Options[Any]":
    return model._meta  # noqa: SLF001  Django's documented name

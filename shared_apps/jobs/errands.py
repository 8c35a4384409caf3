"""Errands of the platform that are tasks of their own elsewhere."""

from datetime import datetime

from shared_apps.audit import tasks as audit


def sweep_dirty(*, at: datetime) -> None:
    """Visit the organizations that have something owed."""
    audit.sweep_dirty.run()


def sweep_all(*, at: datetime) -> None:
    """Visit every organization for what it owes and for old answers."""
    audit.sweep_all.run()

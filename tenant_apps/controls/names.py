"""The names of everybody in a report, read once."""

from collections.abc import Iterable
from uuid import UUID

from tenant_apps.accounts.selectors import people_by_id
from tenant_apps.controls.reports import PersonName


class Names:
    """Looks people up by id; whoever is nobody here is shown by the id. One query."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        self._people = people_by_id(ids)

    def of(self, user_id: UUID) -> PersonName:
        """Return the name of a person."""
        person = self._people.get(user_id)
        if person is None:
            return PersonName(id=user_id, full_name=str(user_id), status="")
        return PersonName(id=user_id, full_name=person.full_name, status=person.status)

    def may_act(self, user_id: UUID) -> bool:
        """Return whether the person can sign in, or will be able to after an invitation."""
        person = self._people.get(user_id)
        return person is not None and not person.is_archived and person.status != "suspended"

    def is_active(self, user_id: UUID) -> bool:
        """Return whether the person can sign in today."""
        person = self._people.get(user_id)
        return person is not None and person.is_active

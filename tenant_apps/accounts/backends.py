"""Django's own authentication hook, kept shut: only the sign-in door lets people in."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from tenant_apps.accounts.models import User


class DoorBackend(BaseBackend):
    """Authenticates nobody, so that no stock login view of any package can pass the door by."""

    def authenticate(self, request: HttpRequest | None, **credentials: object) -> None:
        """Refuse: see accounts.services.sign_in."""

    def get_user(self, user_id: UUID) -> User | None:
        """Return a person who may sign in."""
        person = User.objects.filter(pk=user_id).first()
        return person if person is not None and person.is_active else None

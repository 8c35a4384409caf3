"""The language of people who come for the first time."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language

from tenant_apps.accounts.services import PersonChanges, update_person

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User


def language_at_work() -> str:
    """Return the language that the page is read in."""
    language = get_language() or ""
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def keep_language(person: "User", *, at: datetime) -> None:
    """Keep the language that a newcomer reads in: so far, others have guessed it."""
    language = language_at_work()
    if person.locale != language:
        update_person(
            user_id=person.pk,
            changes=PersonChanges(locale=language),
            expected_version=person.version,
            by=person.actor,
            at=at,
        )

"""The counter of failed sign-ins while the cache is gone: rows of public, for all organizations."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F

from shared_apps.tenancy.context import use_platform
from tenant_apps.accounts.models import AttemptRow

# one statement, so that many at once each get a number of their own
COUNT = """
    INSERT INTO accounts_attemptrow AS held (key, number, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (key) DO UPDATE SET
        number = CASE WHEN held.ends_at <= %s THEN 1 ELSE held.number + 1 END,
        ends_at = CASE WHEN held.ends_at <= %s THEN EXCLUDED.ends_at ELSE held.ends_at END
    RETURNING number, ends_at
"""


def count_in_database(key: str, at: datetime) -> tuple[int, datetime]:
    """Count one attempt; return which it is within its window, and when the window ends.

    Forgets the windows that are over.
    """
    ends_at = at + timedelta(seconds=settings.SIGN_IN_WINDOW_S)
    with use_platform():
        AttemptRow.objects.filter(ends_at__lte=at).delete()
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [key, ends_at, at, at])
            number, ends_at = cursor.fetchone()
    return number, ends_at


def forget_in_database(narrowest: str, wider: Sequence[str]) -> None:
    """Forget what the narrowest key counted; give the wider ones one attempt back."""
    with use_platform():
        AttemptRow.objects.filter(key=narrowest).delete()
        AttemptRow.objects.filter(key__in=wider, number__gt=0).update(number=F("number") - 1)

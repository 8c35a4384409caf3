"""Find one's organizations by e-mail: the same answer for every address, within limits."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import get_language

from shared_apps.audit.request import current_request_info
from shared_apps.organizations.services import ask_for_workspaces
from shared_apps.web.errors import Throttled
from tenant_apps.accounts.services.sign_in_limits import budgets_of_find, count_attempt


def find_workspaces(*, email: str, at: datetime) -> None:
    """Have the organizations of an address mailed to it, in the language of whoever asks.

    Raises: Throttled.
    """
    count = count_attempt(budgets_of_find(ip=current_request_info().ip, email=email), at=at)
    if count.is_too_many:
        raise Throttled(headers={"Retry-After": str(count.retry_after_s)})
    ask_for_workspaces(email=email, at=at, locale=get_language() or settings.LANGUAGE_CODE)

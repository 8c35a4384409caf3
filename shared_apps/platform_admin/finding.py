"""Find one's organizations by e-mail: the same answer for every address, within limits."""

from datetime import datetime

from shared_apps.audit.request import current_request_info
from shared_apps.organizations.services import ask_for_workspaces
from tenant_apps.accounts.services.sign_in_limits import budgets_of_find, refuse_too_many


def find_workspaces(*, email: str, at: datetime) -> None:
    """Have the organizations of an address mailed to it. Raises: TooManySignIns."""
    refuse_too_many(budgets_of_find(ip=current_request_info().ip, email=email), at=at)
    ask_for_workspaces(email=email, at=at)

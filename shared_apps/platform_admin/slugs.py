"""Whether a subdomain can be had: asked while it is typed, and by the console's form."""

from django.utils.translation import gettext as _

from shared_apps.kernel.errors import DomainError
from shared_apps.organizations.selectors import is_slug_free
from shared_apps.organizations.services import check_slug


def why_not(slug: str) -> str:
    """Return why a subdomain cannot be had, "" when it can."""
    try:
        check_slug(slug)
    except DomainError as refusal:
        return refusal.problems[0].message
    return "" if is_slug_free(slug) else _("This subdomain is taken.")

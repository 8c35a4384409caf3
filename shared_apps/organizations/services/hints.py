"""Which organizations an address belongs to: kept as digests, and told by e-mail only."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from shared_apps.audit.recording import record
from shared_apps.kernel.events import Actor
from shared_apps.kernel.field_keys import seal, unseal
from shared_apps.organizations.events import WorkspacesAsked
from shared_apps.organizations.models import LoginHint, WorkspaceSearch
from shared_apps.organizations.selectors import list_hinted_organizations
from shared_apps.tenancy.context import Tenant, use_platform
from shared_apps.tenancy.mails import address_at, write_from_platform

UNANSWERED_FOR = timedelta(days=1)


def digest_of(email: str) -> str:
    """Return what stands for an address in the table of hints."""
    address = email.strip().lower()
    return salted_hmac("organizations.login_hint", address, algorithm="sha256").hexdigest()


def keep_hint(*, organization_id: UUID, email: str) -> None:
    """Note that somebody with this address has an account in an organization; once is enough."""
    with use_platform():
        LoginHint.objects.bulk_create(
            [LoginHint(organization_id=organization_id, address_digest=digest_of(email))],
            ignore_conflicts=True,
        )


def drop_hint(*, organization_id: UUID, email: str) -> None:
    """Forget that somebody with this address had an account in an organization."""
    with use_platform():
        rows = LoginHint.objects.filter(organization_id=organization_id)
        rows.filter(address_digest=digest_of(email)).delete()


def replace_hints(*, organization_id: UUID, emails: Collection[str]) -> int:
    """Make these exactly the hints to an organization; return how many came or went."""
    wanted = {digest_of(email) for email in emails}
    with use_platform(), transaction.atomic():
        rows = LoginHint.objects.filter(organization_id=organization_id)
        stale, _ = rows.exclude(address_digest__in=wanted).delete()
        missing = wanted - set(rows.values_list("address_digest", flat=True))
        LoginHint.objects.bulk_create(
            [LoginHint(organization_id=organization_id, address_digest=each) for each in missing],
            ignore_conflicts=True,
        )
    return stale + len(missing)


@transaction.atomic
def ask_for_workspaces(*, email: str, at: datetime, locale: str = "en") -> None:
    """Have the organizations of an address mailed to it, if there are any. Platform only.

    `locale` is the language of the mail. Known and unknown addresses cost the same: a worker finds
    out. Records WorkspacesAsked.
    """
    WorkspaceSearch.objects.filter(asked_at__lt=at - UNANSWERED_FOR).delete()
    search = WorkspaceSearch(sealed_address=seal(email.strip().lower()), asked_at=at)
    search.save(force_insert=True)
    event = WorkspacesAsked(search_id=search.pk, locale=locale)
    record(event, actor=Actor.system("find"), at=at)


def mail_workspaces(*, search_id: UUID, locale: str = "en") -> None:
    """Write to the address of a search, unless nobody knows it, and forget the search.

    A search that is gone was answered before. Platform only.
    """
    search = WorkspaceSearch.objects.filter(pk=search_id).first()
    if search is None:
        return
    email = unseal(search.sealed_address)
    found = list_hinted_organizations(digest_of(email))
    if found:
        with translation.override(locale):
            _write_to(email, found)
    search.delete()


def _write_to(email: str, found: Collection[Tenant]) -> None:
    lines = [f"{tenant.name}: {address_at(tenant, '/sign-in/')}" for tenant in found]
    text = _(
        "Hello,\n\nSomebody, we hope you, asked where this address signs in:\n\n"
        "%(list)s\n\nIf it was not you, do nothing.\n"
    )
    text %= {"list": "\n".join(lines)}
    write_from_platform([email], subject=_("Where you sign in"), text=text)

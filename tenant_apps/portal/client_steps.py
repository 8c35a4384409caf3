"""What can become of a client: each step, its page, and the permission that it takes."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.moves import Move

PUT_AWAY, MERGE, ERASE = "clients.archive", "clients.merge", "clients.anonymise"


class Step(NamedTuple):
    """A step: what its button says and its page asks, that page, and what it takes."""

    move: Move
    page: str
    permission: str


STEPS: Mapping[str, Step] = {
    "archive": Step(
        Move(
            "archive",
            _("Put away"),
            "archive",
            _("Put this client away?"),
            _("It leaves the lists and takes no new deals. Its history stays."),
            "danger",
            done=_("The client is put away."),
        ),
        "client_archive",
        PUT_AWAY,
    ),
    "restore": Step(
        Move(
            "restore",
            _("Put back"),
            "archive-restore",
            _("Put this client back into the lists?"),
            _("It takes new deals again."),
            "primary",
            done=_("The client is back in the lists."),
        ),
        "client_restore",
        PUT_AWAY,
    ),
    "merge": Step(
        Move(
            "merge",
            _("Join with a duplicate"),
            "merge",
            _("Join with a duplicate"),
            "",
        ),
        "client_merge",
        MERGE,
    ),
    "erase": Step(
        Move(
            "erase",
            _("Erase the data"),
            "eraser",
            _("Erase this client's personal data?"),
            _(
                "Names, addresses, contacts, remarks and what was logged go for good; nobody can"
                " bring them back. Invoices that were issued stay as they are, and so does the"
                " money."
            ),
            "danger",
            needs_reason=True,
            done=_("The client's personal data is erased."),
        ),
        "client_erase",
        ERASE,
    ),
}

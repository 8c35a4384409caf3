"""Which steps a page offers for a person; whether one is allowed, its service says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenant_apps.portal.moves import Move

if TYPE_CHECKING:
    from tenant_apps.accounts.models import User

SUSPEND = Move(
    "suspend",
    _("Suspend"),
    "user-x",
    _("Suspend this person?"),
    _("They can no longer sign in, and every sign-in of theirs ends now. What they did stays."),
    "danger",
    needs_reason=True,
    done=_("This person is suspended and signed out everywhere."),
)
FORCE = Move(
    "new-password",
    _("Ask for a new password"),
    "key-round",
    _("Have this person choose a new password?"),
    _("They are signed out everywhere and choose a new one at the next sign-in."),
    done=_("This person chooses a new password at the next sign-in."),
)
SIGN_OUT = Move(
    "sign-out",
    _("Sign out everywhere"),
    "log-out",
    _("Sign this person out everywhere?"),
    _("Every sign-in of theirs ends now; they may sign in again."),
    done=_("This person is signed out everywhere."),
)
RESET = Move(
    "reset",
    _("Reset the second factor"),
    "shield-off",
    _("Reset this person's second factor?"),
    _(
        "Ask for it only when you know that it is them. Another administrator has to agree; then"
        " app, passkeys and recovery codes are gone, and they decide nothing for 24 hours."
    ),
    "danger",
    needs_reason=True,
)
REACTIVATE = Move(
    "reactivate",
    _("Reactivate"),
    "user-check",
    _("Let this person sign in again?"),
    _("They have the roles and teams that they had before."),
    "primary",
    done=_("This person can sign in again."),
)
INVITE_AGAIN = Move(
    "invite",
    _("Send the invitation again"),
    "send",
    _("Send a new link?"),
    _("It is good for seven days. The link that was sent before stops working."),
    "primary",
    done=_("A new invitation is on its way."),
)
REVOKE = Move(
    "revoke",
    _("Take the invitation back"),
    "user-minus",
    _("Take this invitation back?"),
    _("The link stops working; roles and teams go. You can invite the same address again."),
    "danger",
    done=_("The invitation is taken back."),
)

PERSON_MOVES: Mapping[str, tuple[Move, ...]] = {
    "invited": (INVITE_AGAIN, REVOKE),
    "active": (FORCE, SIGN_OUT, SUSPEND),
    "suspended": (REACTIVATE,),
}


def moves_of_person(person: "User") -> tuple[Move, ...]:
    """Return the steps that administrators may take with a person."""
    return PERSON_MOVES.get(person.status, ())

"""What happens to people and their sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared_apps.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class PersonEvent(Event):
    """Something that happened to a person."""

    subject_type = "accounts.user"
    subject_field = "user_id"
    audit_kind = "person"

    user_id: UUID


@dataclass(frozen=True, kw_only=True)
class PersonInvited(PersonEvent):
    """A person was entered who has no password yet."""

    name = "accounts.person_invited"


@dataclass(frozen=True, kw_only=True)
class InvitationIssued(PersonEvent):
    """An invited person is to get a link by e-mail."""

    name = "accounts.invitation_issued"


@dataclass(frozen=True, kw_only=True)
class InvitationRevoked(PersonEvent):
    """An invitation was taken back: its link stopped working, the person left the lists."""

    name = "accounts.invitation_revoked"


@dataclass(frozen=True, kw_only=True)
class PersonCreated(PersonEvent):
    """A person was entered with a password."""

    name = "accounts.person_created"


@dataclass(frozen=True, kw_only=True)
class PersonActivated(PersonEvent):
    """An invited person chose a password."""

    name = "accounts.person_activated"


@dataclass(frozen=True, kw_only=True)
class PersonChanged(PersonEvent):
    """A person's names or contact details changed."""

    name = "accounts.person_changed"


@dataclass(frozen=True, kw_only=True)
class PictureChanged(PersonEvent):
    """A person chose another picture of themselves, or took it away."""

    name = "accounts.picture_changed"

    has_picture: bool


@dataclass(frozen=True, kw_only=True)
class PersonSuspended(PersonEvent):
    """A person may no longer sign in; all their sign-ins ended."""

    name = "accounts.person_suspended"


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(PersonEvent):
    """A suspended person may sign in again."""

    name = "accounts.person_reactivated"


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(PersonEvent):
    """A person replaced their password; all their sign-ins ended."""

    name = "accounts.password_changed"
    audit_kind = "password"


@dataclass(frozen=True, kw_only=True)
class PasswordChangeRequired(PersonEvent):
    """A person must choose a new password at the next sign-in; all their sign-ins ended."""

    name = "accounts.password_change_required"
    audit_kind = "password"


@dataclass(frozen=True, kw_only=True)
class PersonSignedIn(PersonEvent):
    """A person passed the sign-in door."""

    name = "accounts.person_signed_in"
    audit_kind = "sign_in"

    sign_in_id: UUID
    kind: str
    proofs: str = ""


@dataclass(frozen=True, kw_only=True)
class BreakGlassUsed(PersonEvent):
    """An owner came without the provider although the organization requires it."""

    name = "accounts.break_glass_used"
    audit_kind = "sign_in"

    sign_in_id: UUID


@dataclass(frozen=True, kw_only=True)
class PersonJoined(PersonEvent):
    """A person came through the organization's provider for the first time, without a password."""

    name = "accounts.person_joined"


@dataclass(frozen=True, kw_only=True)
class PersonSignedOut(PersonEvent):
    """A person ended one sign-in."""

    name = "accounts.person_signed_out"
    audit_kind = "session"

    sign_in_id: UUID


@dataclass(frozen=True, kw_only=True)
class SignInsEnded(PersonEvent):
    """Several sign-ins of a person were ended: by the person, all but one, or by another, all."""

    name = "accounts.sign_ins_ended"
    audit_kind = "session"

    count: int


@dataclass(frozen=True, kw_only=True)
class RefreshTokenReused(PersonEvent):
    """A refresh token came a second time, so its sign-in ended."""

    name = "accounts.refresh_token_reused"
    audit_kind = "session"

    sign_in_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProofRenewed(PersonEvent):
    """A person proved again who they are, inside a sign-in."""

    name = "accounts.proof_renewed"
    audit_kind = "sign_in"

    sign_in_id: UUID
    proof: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorAdded(PersonEvent):
    """A person set up a second factor; sign-ins without one ended. `factor` is a kind of proof."""

    name = "accounts.second_factor_added"
    audit_kind = "second_factor"

    factor: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(PersonEvent):
    """A person gave up a second factor."""

    name = "accounts.second_factor_removed"
    audit_kind = "second_factor"

    factor: str


@dataclass(frozen=True, kw_only=True)
class PasskeyRenamed(PersonEvent):
    """A person calls a passkey by another name; the names themselves are not kept."""

    name = "accounts.passkey_renamed"

    passkey_id: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesMade(PersonEvent):
    """A person received new recovery codes; the old ones stopped working."""

    name = "accounts.recovery_codes_made"
    audit_kind = "second_factor"


@dataclass(frozen=True, kw_only=True)
class MfaResetRequested(PersonEvent):
    """An administrator asked that a person's second factors be taken away."""

    name = "accounts.mfa_reset_requested"
    audit_kind = "second_factor"

    reset_id: UUID


@dataclass(frozen=True, kw_only=True)
class MfaResetDeclined(PersonEvent):
    """The request to take a person's second factors away was turned down or taken back."""

    name = "accounts.mfa_reset_declined"
    audit_kind = "second_factor"

    reset_id: UUID


@dataclass(frozen=True, kw_only=True)
class SecondFactorsReset(PersonEvent):
    """A second administrator agreed: the factors are gone, all sign-ins ended."""

    name = "accounts.second_factors_reset"
    audit_kind = "second_factor"

    reset_id: UUID


@dataclass(frozen=True, kw_only=True)
class ServiceAccountCreated(PersonEvent):
    """A service account was entered; it has no key yet."""

    name = "accounts.service_account_created"
    audit_kind = "key"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountSuspended(PersonEvent):
    """The keys of a service account stopped working."""

    name = "accounts.service_account_suspended"
    audit_kind = "key"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountResumed(PersonEvent):
    """The keys of a service account work again."""

    name = "accounts.service_account_resumed"
    audit_kind = "key"


@dataclass(frozen=True, kw_only=True)
class ApiKeyIssued(PersonEvent):
    """A service account received a key."""

    name = "accounts.api_key_issued"
    audit_kind = "key"

    key_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApiKeyRotated(PersonEvent):
    """A new key of a service account takes over; the old one goes on for a while."""

    name = "accounts.api_key_rotated"
    audit_kind = "key"

    key_id: UUID
    old_key_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(PersonEvent):
    """A key of a service account stopped working."""

    name = "accounts.api_key_revoked"
    audit_kind = "key"

    key_id: UUID


@dataclass(frozen=True, kw_only=True)
class ApiKeyRefused(PersonEvent):
    """A known key was refused: wrong secret, expired, revoked, suspended, network, or too often."""

    name = "accounts.api_key_refused"
    audit_kind = "key"

    key_id: UUID
    cause: str


@dataclass(frozen=True, kw_only=True)
class ApiKeyUnknown(Event):
    """A key came that the organization does not have; `key_id` is what it said, if anything."""

    name = "accounts.api_key_unknown"
    audit_kind = "key"
    subject_type = "accounts.sign_in_attempt"
    subject_field = "attempt_id"

    attempt_id: UUID
    key_id: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Event):
    """Somebody was refused at the sign-in door.

    `user_id` is the person's id as text, empty for an unknown address; `email_digest` lets two
    failures be compared without keeping what was typed.
    """

    name = "accounts.sign_in_failed"
    audit_kind = "sign_in_failure"
    subject_type = "accounts.sign_in_attempt"
    subject_field = "attempt_id"

    attempt_id: UUID
    user_id: str
    email_digest: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """Somebody asked for a new password; `user_id` is empty for an unknown address."""

    name = "accounts.password_reset_asked"
    audit_kind = "password"
    subject_type = "accounts.sign_in_attempt"
    subject_field = "attempt_id"

    attempt_id: UUID
    user_id: str
    email_digest: str


@dataclass(frozen=True, kw_only=True)
class ImpersonationEvent(Event):
    """Something about an operator's visit; recorded in public and in the organization."""

    audit_kind = "session"
    subject_type = "accounts.impersonation"
    subject_field = "impersonation_id"

    impersonation_id: UUID
    person_id: UUID
    organization: str


@dataclass(frozen=True, kw_only=True)
class ImpersonationBegun(ImpersonationEvent):
    """An operator gave a reason and may act as a person until `ends_at`."""

    name = "accounts.impersonation_begun"

    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class ImpersonationEntered(ImpersonationEvent):
    """The operator is inside."""

    name = "accounts.impersonation_entered"


@dataclass(frozen=True, kw_only=True)
class ImpersonationEnded(ImpersonationEvent):
    """The operator left, or was sent out."""

    name = "accounts.impersonation_ended"

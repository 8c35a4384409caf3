"""allauth's hooks for secrets in the database: they are sealed under the ring of field keys."""

from allauth.mfa.adapter import DefaultMFAAdapter

from shared_apps.kernel.field_keys import seal, unseal


class SealedAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """What allauth.mfa asks before it stores a secret, and after it read one."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Unseal. Raises: CannotUnseal."""
        return unseal(encrypted_text)

"""Whether a password is strong enough: Django's validators and zxcvbn, answered in our words."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from zxcvbn import zxcvbn

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from tenant_apps.accounts.models import User

# zxcvbn's scale of 0 to 4: below 3 an attacker with the hashes needs fewer than 10^8 guesses
ENOUGH = 3
# what zxcvbn looks at; its work grows with the square of the length
LOOKED_AT = 72


class GuessableValidator:
    """Refuses what is guessed soon: words, names, dates and keyboard walks, however joined.

    Source: Wheeler, "zxcvbn: Low-Budget Password Strength Estimation" (USENIX Security 2016).
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError with what zxcvbn advises; nothing at all is just too short."""
        if not password:
            return
        known = [user.email, user.first_name, user.last_name] if user else []
        estimate = zxcvbn(password[:LOOKED_AT], [text for text in known if text])
        if estimate["score"] < ENOUGH:
            feedback = estimate["feedback"]
            said = [feedback["warning"] or "", *feedback["suggestions"]]
            advice = [gettext(each) for each in said if each]
            message = " ".join([gettext("This password is guessed too easily."), *advice])
            raise ValidationError(message, code="password_guessable")

    def get_help_text(self) -> str:
        """Return what Django's own forms say beside a field."""
        return "Choose several uncommon words, or a random password."


def check_strength(password: str, *, person: User, field: str = "/password") -> None:
    """Refuse a weak password. Raises: ValidationFailed with every reason at `field`."""
    try:
        validate_password(password, user=person)
    except ValidationError as error:
        problems = [
            FieldProblem(field=field, code=each.code or "invalid", message=" ".join(each.messages))
            for each in error.error_list
        ]
        raise ValidationFailed(problems=problems) from None

"""Whether a password is strong enough: Django's validators, answered in our words."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from shared_apps.kernel.errors import FieldProblem, ValidationFailed
from tenant_apps.accounts.models import User


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

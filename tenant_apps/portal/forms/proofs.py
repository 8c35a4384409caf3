"""Proofs of who somebody is, as a form brings them: a code, a password, a passkey's answer."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_noop

from shared_apps.kernel.errors import ValidationFailed
from tenant_apps.accounts.api.passkey_serializers import PasskeyAnswerIn
from tenant_apps.accounts.services import Evidence, PasskeyAnswer, PasskeyQuestion
from tenant_apps.portal.forms.form import CONFIRMING, checked

DIGITS = 6
NO_ANSWER = gettext_noop("No passkey answered. Try again, or use another way.")


def evidence_of(typed: Mapping[str, Any]) -> Evidence:
    """Return the one proof that was given: six digits are of the app, other codes of recovery.

    Raises: ValidationError for an answer of a passkey that was cut off.
    """
    if typed.get("credential"):
        return Evidence(passkey=passkey_answer(typed))
    code = str(typed.get("code", "")).replace(" ", "")
    is_of_app = code.isdigit() and len(code) == DIGITS
    return Evidence(
        password=str(typed.get("password", "")),
        code=code if is_of_app else "",
        recovery_code="" if is_of_app else code,
    )


def passkey_answer(typed: Mapping[str, Any]) -> PasskeyAnswer:
    """Return what the browser's passkey answered. Raises: ValidationFailed, ValidationError."""
    if not (typed.get("ceremony") and typed.get("credential")):
        raise ValidationFailed.at("", NO_ANSWER, code="required")
    answer = {"ceremony": typed.get("ceremony", ""), "credential": _as_json(typed)}
    return PasskeyAnswer(**checked(PasskeyAnswerIn, answer))


def question_of(question: PasskeyQuestion) -> str:
    """Return what a browser is asked about a passkey, as its script reads it."""
    return json.dumps(vars(question))


def confirming_evidence(post: QueryDict) -> Evidence | None:
    """Return the proof that came beside a form which asked for one; None without it."""
    typed = {name.removeprefix(CONFIRMING): str(post[name]) for name in post if _confirms(name)}
    return evidence_of(typed) if any(typed.values()) else None


def sent_before(post: QueryDict) -> list[tuple[str, str]]:
    """Return what a form said, to be sent once more with a proof beside it."""
    return [
        (name, str(value))
        for name, values in post.lists()
        if name != "csrfmiddlewaretoken" and not _confirms(name)
        for value in values
    ]


def _confirms(name: str) -> bool:
    return name.startswith(CONFIRMING)


def _as_json(typed: Mapping[str, Any]) -> Any:
    try:
        return json.loads(str(typed.get("credential", "")))
    except ValueError:
        return {}

"""Hand a person over from the platform's host to the organization's: a code, good once.

The code opens nothing by itself: whoever brings it comes to the door, which asks what it always
asks.
"""

from collections.abc import Collection
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from shared_apps.web.errors import TokenInvalid
from tenant_apps.accounts.models import Proof, SignInKind, User
from tenant_apps.accounts.services.door import Admission, Visit, admit
from tenant_apps.accounts.services.sign_ins import join_proofs
from tenant_apps.accounts.services.spending import spend
from tenant_apps.accounts.tokens import BEARER, HandoverCode, fingerprint, make_token, read_token


def issue_handover(*, person: User, proofs: Collection[Proof], binding: str = "") -> str:
    """Return the code of a person who proved this: good for a minute, once, in this organization.

    `binding` is the digest of a secret that only the right browser has (`digest_of_binding`).
    """
    code = make_token(HandoverCode, person, by=join_proofs(proofs), bind=binding)
    return str(code)


def redeem_handover(
    *, code: str, binding: str = "", kind: SignInKind, user_agent: str = "", at: datetime
) -> Admission:
    """Use a code up and take its person to the door. Records what `admit` records.

    `binding` is the browser's secret. Raises: TokenInvalid, WrongTenant, SignInRefused,
    ProviderRequired.
    """
    token = read_token(HandoverCode, code)
    expected = digest_of_binding(binding) if token["bind"] else ""
    person = User.objects.filter(pk=token["sub"]).first()
    if person is None or token["fp"] != fingerprint(person):
        raise TokenInvalid(headers=BEARER)
    if not constant_time_compare(token["bind"], expected):
        raise TokenInvalid(headers=BEARER)
    spend(token)
    proofs = tuple(Proof(name) for name in token["by"].split("+"))
    visit = Visit(proofs=proofs, kind=kind, user_agent=user_agent)
    return admit(person=person, visit=visit, at=at)


def vouched() -> tuple[Proof, ...]:
    """Return what is proved by the word of the organization's own provider."""
    return (Proof.SSO,)


def digest_of_binding(secret: str) -> str:
    """Return what is kept of a browser's secret."""
    return salted_hmac("accounts.handover", secret).hexdigest()[:40]

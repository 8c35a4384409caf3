"""Second factors of the people in tests: an authenticator app whose codes never repeat."""

from datetime import datetime, timedelta
from typing import Any

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import begin_totp, confirm_totp
from tenant_apps.accounts.totp import code_at_step, step_of
from tests.cast import PASSWORD
from tests.client import PrsClient, ok


class App:
    """An authenticator app: `code()` is good once, so each call gives the next one."""

    def __init__(self, secret: str, *, after: int = 0) -> None:
        self.secret = secret
        self.step = max(after, step_of(utc_now()) - 2)
        self.recovery_codes: list[str] = []

    def code(self) -> str:
        """Return the next code that was not given before."""
        # a slow test must not bring a code of long ago
        self.step = max(self.step + 1, step_of(utc_now()) - 1)
        return code_at_step(self.secret, self.step)


def give_app(person: User, *, at: datetime | None = None) -> App:
    """Set up an authenticator app for a person, some minutes ago."""
    at = at or utc_now() - timedelta(minutes=5)
    offer = begin_totp(person=person)
    code = code_at_step(offer.secret, step_of(at))
    codes = confirm_totp(person=person, setup=offer.setup, code=code, at=at)
    app = App(offer.secret)
    app.recovery_codes = codes
    return app


def sign_in_with(app: App, person: User, client: PrsClient, *, auth: str = "/api/auth/") -> Any:
    """Sign in with password and code; return the answer's data."""
    first = ok(client.post(f"{auth}login/", {"email": person.email, "password": PASSWORD}), 200)
    given = {"challenge": first["challenge"], "code": app.code()}
    return ok(client.post(f"{auth}login/mfa/", given), 200)


def browser_of(person: User, *, tenant: Tenant, app: App | None = None) -> PrsClient:
    """Return a browser that the person signed in with, with the app's code if they have one."""
    browser = PrsClient(host=tenant.host)
    given: dict[str, Any] = {"email": person.email, "password": PASSWORD, "session": True}
    answer = ok(browser.post("/api/auth/login/", given), 200)
    if app is not None:
        step = {"challenge": answer["challenge"], "code": app.code()}
        answer = ok(browser.post("/api/auth/login/mfa/", step), 200)
    assert answer["status"] == "signed_in"
    return browser


def enrol(client: PrsClient, challenge: str, *, auth: str = "/api/auth/") -> Any:
    """Set up an app with the door's challenge; return the answer's data."""
    headers = {"Authorization": f"Bearer {challenge}"}
    offer = ok(client.post(f"{auth}mfa/totp/begin/", headers=headers), 200)
    code = code_at_step(offer["secret"], step_of(utc_now()))
    given = {"setup": offer["setup"], "code": code}
    return ok(client.post(f"{auth}mfa/totp/confirm/", given, headers=headers), 200)

"""Operators of the platform before the browser: each with an authenticator app of their own."""

from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Page, expect

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import use_platform
from tenant_apps.accounts.models import User
from tenant_apps.accounts.services import NewPerson, create_operator
from tenant_apps.accounts.totp import step_of
from tests.accounts.factors import App, give_app
from tests.browser.conftest import PATIENCE_MS
from tests.cast import PASSWORD, STAGEHAND


@dataclass
class Operator:
    """An operator and what they prove themselves with."""

    person: User
    app: App


def new_operator() -> Operator:
    """Make Pat, with an app whose next codes are fresh."""
    with use_platform():
        new = NewPerson(
            email=f"pat-{uuid4().hex[:8]}@platform.example",
            first_name="Pat",
            last_name="Platform",
        )
        person = create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=utc_now())
        return Operator(person, give_app(person))


def pass_door(page: Page, operator: Operator, *, to: str = "/console/") -> None:
    """Sign in as operators do: the address that was asked for, the password, then the code."""
    page.goto(to)
    page.get_by_label("E-mail address").fill(operator.person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    # the code of this half minute, however long it took to come here
    operator.app.step = max(operator.app.step, step_of(utc_now()) - 1)
    page.get_by_label("Code").fill(operator.app.code())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(f"**{to}", timeout=PATIENCE_MS)

"""An organization's choices over HTTP: changed with If-Match, recorded, refused with the reason."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.kernel.errors import ValidationFailed
from shared_apps.kernel.money import Money
from shared_apps.organizations.models import Organization
from shared_apps.organizations.selectors import get_tenant
from shared_apps.organizations.services import OrganizationChanges, change_organization
from shared_apps.organizations.settings import METHODS, OrganizationSettings, parse_settings
from shared_apps.organizations.settings import stored_form as stored
from shared_apps.organizations.tolerance import most_tolerance
from shared_apps.tenancy.context import Tenant, use_platform, use_tenant
from tenant_apps.accounts.models import User
from tenant_apps.documents.services import store_file
from tenant_apps.invoices.models import Series
from tenant_apps.ledger.services import AccountCode, EntryKind, NewEntry, NewPosting, post_entry
from tenant_apps.payments.models import Method
from tests.approvals.requests import FOUR_HUNDRED
from tests.client import PrsClient, error, ok
from tests.factories.documents import PLAIN_PDF, picture, upload
from tests.notifications.test_reactions import deliver_everything
from tests.notifications.test_rights import told_of

SETTINGS = "/api/admin/settings/"


def shown(client: PrsClient) -> dict[str, Any]:
    data: dict[str, Any] = ok(client.get(SETTINGS))
    return data


def change(client: PrsClient, **given: Any) -> Any:
    return client.patch(SETTINGS, given, version=shown(client)["version"])


def changes_of(acme: Tenant) -> list[Any]:
    events = history_of("organizations.organization", acme.id)
    return list(events.filter(name="organizations.organization_changed"))


def post_money(at: datetime) -> None:
    post_entry(
        entry=NewEntry(
            kind=EntryKind.PAYMENT_VERIFIED,
            event_id=uuid4(),
            at=at,
            memo="Cash",
            postings=(
                NewPosting(account=AccountCode.CASH_CLEARING, debit=FOUR_HUNDRED),
                NewPosting(account=AccountCode.CLIENT_CREDIT, credit=FOUR_HUNDRED),
            ),
        )
    )


class TestChanges:
    def test_are_shown_kept_and_recorded(self, as_olga: PrsClient, acme: Tenant) -> None:
        version = shown(as_olga)["version"]

        data = ok(
            change(
                as_olga,
                name="Acme & Sons",
                timezone="America/New_York",
                working_days=[6, 0, 1],
                working_hours=["08:30", "18:00"],
                discount_limit_percent="12.5",
                brand_colour="#1f3a5f",
                billing_address={"line1": "2 Side St", "city": "Bonn", "country": "DE"},
            )
        )

        assert data["version"] == version + 1
        assert (data["name"], data["timezone"]) == ("Acme & Sons", "America/New_York")
        assert data["working_days"] == [0, 1, 6]
        assert data["working_hours"] == ["08:30", "18:00"]
        assert data["discount_limit_percent"] == "12.50"
        assert data["billing_address"]["line1"] == "2 Side St"
        assert data["billing_address"]["postal_code"] == ""
        assert shown(as_olga) == data
        (event,) = changes_of(acme)
        assert event.actor_label == "Olga Owner"
        assert event.before["working_days"] == [0, 1, 2, 3, 4]
        assert event.after["working_hours"] == ["08:30", "18:00"]
        assert event.payload["changed"] == sorted(event.after)

    def test_reach_the_organization_at_work(self, as_olga: PrsClient, acme: Tenant) -> None:
        ok(change(as_olga, payment_terms_days=30, name="Acme II"))

        fresh = get_tenant(acme.id)

        assert fresh.name == "Acme II"
        assert parse_settings(fresh.settings).payment_terms_days == 30

    def test_leave_what_was_not_sent(self, as_olga: PrsClient) -> None:
        before = shown(as_olga)
        after = ok(change(as_olga, reminders_enabled=True))
        assert after == {**before, "reminders_enabled": True, "version": before["version"] + 1}

    def test_to_what_is_there_already_are_none(self, as_olga: PrsClient, acme: Tenant) -> None:
        before = shown(as_olga)
        sent = {name: value for name, value in before.items() if name != "version"}
        assert ok(change(as_olga, **sent)) == before
        assert changes_of(acme) == []

    def test_give_no_empty_name(self, olga: User, acme: Tenant, at_noon: datetime) -> None:
        changes = OrganizationChanges(columns={"name": " "})
        with use_platform():
            version = Organization.objects.get(pk=acme.id).version
        with pytest.raises(ValidationFailed) as refused:
            change_organization(
                changes=changes, expected_version=version, by=olga.actor, at=at_noon
            )
        (problem,) = refused.value.problems
        assert (problem.field, problem.code) == ("/name", "required")

    def test_of_another_version_are_stale(self, as_olga: PrsClient) -> None:
        ok(change(as_olga, name="First"))
        answer = as_olga.patch(SETTINGS, {"name": "Second"}, version=1)
        assert error(answer, 412)["code"] == "stale_version"
        assert error(as_olga.patch(SETTINGS, {"name": "X"}), 428)["code"] == "precondition_required"

    def test_stay_within_the_organization(
        self, as_olga: PrsClient, as_mallory: PrsClient, globex: Tenant
    ) -> None:
        before = shown(as_mallory)
        ok(change(as_olga, name="Acme only", payment_terms_days=60))
        assert shown(as_mallory) == before
        with use_tenant(globex):
            assert changes_of(globex) == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"name": " "}, "/name"),
            ({"currency": "XXQ"}, "/currency"),
            ({"timezone": "Mars/Olympus"}, "/timezone"),
            ({"working_days": [7]}, "/working_days/0"),
            ({"working_hours": ["18:00", "09:00"]}, "/working_hours"),
            ({"working_hours": ["9", "17:00"]}, "/working_hours/0"),
            ({"brand_colour": "red"}, "/brand_colour"),
            ({"fiscal_year_start_month": 13}, "/fiscal_year_start_month"),
            ({"reminder_days": [10, 3]}, "/reminder_days"),
            ({"billing_address": {"country": "QQ"}}, "/billing_address/country"),
            ({"discount_limit_percent": "101"}, "/discount_limit_percent"),
            ({"proof_required_methods": ["barter"]}, "/proof_required_methods/0"),
            ({"nonsense": 1}, "/nonsense"),
            ({"brand_logo": "0197a1b2-0000-7000-8000-00000000dead"}, "/brand_logo"),
        ],
        ids=str,
    )
    def test_name_the_place_and_change_nothing(
        self, as_olga: PrsClient, acme: Tenant, given: dict[str, Any], field: str
    ) -> None:
        before = shown(as_olga)
        refusal = error(change(as_olga, **given), 400)
        assert [each["field"] for each in refusal["errors"]] == [field]
        assert shown(as_olga) == before
        assert changes_of(acme) == []

    def test_meet_those_who_only_look(
        self, as_fay: PrsClient, as_sam: PrsClient, as_audrey: PrsClient
    ) -> None:
        for client in (as_fay, as_audrey):
            assert error(change(client, name="Mine"), 403)["code"] == "permission_denied"
        assert error(as_sam.get(SETTINGS), 403)["code"] == "permission_denied"


class TestTheCurrency:
    def test_changes_before_money_is_posted(self, as_olga: PrsClient) -> None:
        assert ok(change(as_olga, currency="EUR"))["currency"] == "EUR"

    def test_stays_once_money_is_posted(self, as_olga: PrsClient, at_noon: datetime) -> None:
        post_money(at_noon)
        refusal = error(change(as_olga, currency="EUR", name="New"), 409)
        assert refusal["code"] == "currency_locked"
        assert "Found another organization" in refusal["message"]
        assert shown(as_olga)["currency"] == "USD"
        assert shown(as_olga)["name"] == "Acme"
        ok(change(as_olga, currency="USD", name="New"))


class TestTheSeries:
    def test_starts_where_it_is_told_before_the_first_invoice(self, as_olga: PrsClient) -> None:
        assert ok(change(as_olga, invoice_number_start=100))["invoice_number_start"] == 100

    def test_keeps_its_start_once_it_has_begun(self, as_olga: PrsClient) -> None:
        Series.objects.create(series_type="invoice", year=2026, first_number=1, next_number=2)
        assert error(change(as_olga, invoice_number_start=100), 409)["code"] == "series_begun"


class TestTheLogo:
    def test_is_an_uploaded_picture(
        self, as_olga: PrsClient, olga: User, at_noon: datetime
    ) -> None:
        file = store_file(upload=upload(picture(), "logo.png"), by=olga.actor, at=at_noon)
        assert ok(change(as_olga, brand_logo=str(file.pk)))["brand_logo"] == str(file.pk)
        assert ok(change(as_olga, brand_logo=None))["brand_logo"] is None

    def test_is_no_other_file(self, as_olga: PrsClient, olga: User, at_noon: datetime) -> None:
        file = store_file(upload=upload(PLAIN_PDF), by=olga.actor, at=at_noon)
        refusal = error(change(as_olga, brand_logo=str(file.pk)), 400)
        assert "Upload a picture" in refusal["errors"][0]["message"]


class TestStoredForm:
    def test_is_read_back_as_it_was(self) -> None:
        assert parse_settings(stored(OrganizationSettings())) == OrganizationSettings()

    def test_knows_every_method_of_payment(self) -> None:
        assert set(METHODS) == set(Method.values)


def test_old_rows_have_a_first_version(acme: Tenant) -> None:
    with use_platform():
        assert Organization.objects.get(pk=acme.id).version == 1


class TestTolerance:
    @pytest.mark.parametrize("given", ["10.01", "500"])
    def test_is_refused_above_the_limit_at_its_field(self, as_olga: PrsClient, given: str) -> None:
        refused = error(change(as_olga, write_off_tolerance=given), 400)
        (problem,) = refused["errors"]
        assert (problem["field"], problem["code"]) == ("/write_off_tolerance", "tolerance_too_high")
        assert "10.00 USD" in problem["message"]
        assert shown(as_olga)["write_off_tolerance"] == "0.0000"

    def test_of_before_the_limit_stays_until_it_is_changed(
        self, acme: Tenant, as_olga: PrsClient
    ) -> None:
        with use_platform():
            rows = Organization.objects.filter(pk=acme.id)
            rows.update(settings={**acme.settings, "write_off_tolerance": "100"})
        ok(change(as_olga, payment_terms_days=20))
        ok(change(as_olga, write_off_tolerance="10"))

    @pytest.mark.parametrize(
        ("currency", "most"),
        [("EUR", "10.00"), ("JPY", "1000"), ("KWD", "3.000"), ("INR", "400.00")],
    )
    def test_goes_as_far_as_about_ten_euros(self, currency: str, most: str) -> None:
        assert most_tolerance(currency) == Money.of(most, currency)

    def test_that_rises_is_told_to_finance_and_administrators(
        self, as_olga: PrsClient, cast: None
    ) -> None:
        ok(change(as_olga, write_off_tolerance="5"))
        ok(change(as_olga, write_off_tolerance="1"))
        deliver_everything()
        heard = told_of("tolerance_raised", "/settings/money/")
        assert heard.keys() == {"olga", "adam", "fay"}
        (said,) = {each.body for each in heard.values()}
        assert said == "Olga Owner lets up to $5.00 of a deal be given up without a decision."

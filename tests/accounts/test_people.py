"""People: entered once, changed with a trace, suspended at once."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.errors import NotFound, ValidationFailed
from shared_apps.kernel.ids import uuid7
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import (
    find_person_by_email,
    get_person,
    people_by_id,
    person_label,
)
from tenant_apps.accounts.services import (
    EmailTaken,
    ExternalIdTaken,
    NewPerson,
    WrongStatus,
    create_operator,
    create_person,
    invite_person,
    reactivate_person,
    suspend_person,
)
from tests.cast import PASSWORD, STAGEHAND
from tests.factories.accounts import InvitedPersonFactory
from tests.together import run_together


@pytest.mark.django_db
class TestEntering:
    def test_keeps_the_address_in_lower_case(self, at_noon: datetime) -> None:
        person = invite_person(new=NewPerson(email=" Ann@Example.COM "), by=STAGEHAND, at=at_noon)
        assert person.email == "ann@example.com"
        assert find_person_by_email("ANN@example.com") == person
        assert (person.status, person.is_active) == ("invited", False)
        assert not person.has_usable_password()

    def test_records_who_came(self, at_noon: datetime) -> None:
        person = invite_person(
            new=NewPerson(email="ann@example.com", first_name="Ann"), by=STAGEHAND, at=at_noon
        )
        event = EventRecord.objects.get(subject_id=person.pk)
        assert (event.name, event.recorded_at) == ("accounts.person_invited", at_noon)
        assert (event.after or {})["email"] == "ann@example.com"

    @pytest.mark.parametrize("email", ["", "ann", "ann@", "a b@example.com"])
    def test_refuses_what_is_no_address(self, email: str, at_noon: datetime) -> None:
        with pytest.raises(ValidationFailed):
            invite_person(new=NewPerson(email=email), by=STAGEHAND, at=at_noon)

    def test_refuses_a_second_person_with_the_address(self, sam: User, at_noon: datetime) -> None:
        with pytest.raises(EmailTaken):
            invite_person(new=NewPerson(email=sam.email.upper()), by=STAGEHAND, at=at_noon)

    def test_refuses_a_second_person_with_the_external_id(self, at_noon: datetime) -> None:
        for email in ("one@example.com", "two@example.com"):
            new = NewPerson(email=email, external_id="CRM-1")
            if email.startswith("one"):
                invite_person(new=new, by=STAGEHAND, at=at_noon)
        with pytest.raises(ExternalIdTaken):
            invite_person(new=new, by=STAGEHAND, at=at_noon)

    def test_refuses_a_weak_password(self, at_noon: datetime) -> None:
        new = NewPerson(email="ann@example.com")
        with pytest.raises(ValidationFailed):
            create_person(new=new, password="password", by=STAGEHAND, at=at_noon)

    def test_makes_no_operator_inside_an_organization(self, at_noon: datetime) -> None:
        new = NewPerson(email="ann@example.com")
        with pytest.raises(RuntimeError):
            create_operator(new=new, password=PASSWORD, by=STAGEHAND, at=at_noon)


@pytest.mark.django_db
class TestSuspending:
    def test_and_reactivating_leave_a_trace(self, sam: User, at_noon: datetime) -> None:
        suspend_person(user_id=sam.pk, by=STAGEHAND, at=at_noon, reason="left")
        assert not get_person(sam.pk).is_active
        reactivate_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)
        assert get_person(sam.pk).is_active
        event = EventRecord.objects.get(name="accounts.person_suspended", subject_id=sam.pk)
        assert (event.before, event.after) == ({"status": "active"}, {"status": "suspended"})
        assert event.reason == "left"

    def test_twice_is_refused(self, sam: User, at_noon: datetime) -> None:
        suspend_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)
        with pytest.raises(WrongStatus):
            suspend_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)

    def test_is_not_undone_for_the_active(self, sam: User, at_noon: datetime) -> None:
        with pytest.raises(WrongStatus):
            reactivate_person(user_id=sam.pk, by=STAGEHAND, at=at_noon)

    def test_an_invited_person_and_back_leaves_them_invited(self, at_noon: datetime) -> None:
        person = InvitedPersonFactory()
        suspend_person(user_id=person.pk, by=STAGEHAND, at=at_noon)
        assert reactivate_person(user_id=person.pk, by=STAGEHAND, at=at_noon).status == "invited"

    def test_a_stranger_is_not_found(self, acme: Tenant, at_noon: datetime) -> None:
        with pytest.raises(NotFound):
            suspend_person(user_id=uuid7(), by=STAGEHAND, at=at_noon)


@pytest.mark.django_db
class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        [{"email": "UPPER@example.com"}, {"status": "unknown"}],
    )
    def test_refuses_what_the_services_would(self, change: dict[str, str], sam: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=sam.pk).update(**change)


@pytest.mark.django_db
class TestReading:
    def test_people_by_id_is_one_query(
        self, sam: User, suki: User, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            assert set(people_by_id([sam.pk, suki.pk, uuid7()])) == {sam.pk, suki.pk}

    def test_a_label_is_the_name(self, sam: User) -> None:
        assert person_label(sam.pk) == "Sam Seller"
        assert person_label(uuid7()) == ""

    def test_strangers_of_another_organization_are_not_found(self, mallory: User) -> None:
        with pytest.raises(NotFound):
            get_person(mallory.pk)


def test_of_many_who_enter_one_address_at_once_one_succeeds(fresh_tenant: Tenant) -> None:
    def enter() -> User:
        new = NewPerson(email="ann@example.com")
        return invite_person(new=new, by=STAGEHAND, at=utc_now())

    outcomes = run_together(fresh_tenant, [enter] * 8)
    assert sum(isinstance(each, User) for each in outcomes) == 1
    assert sum(isinstance(each, EmailTaken) for each in outcomes) == 7, outcomes

"""Administrators hear when somebody may approve more than before."""

from datetime import datetime

from tenant_apps.access.services import (
    BulkAssignment,
    RoleTerms,
    assign_role,
    assign_roles,
    change_role,
    create_role,
)
from tenant_apps.accounts.models import User
from tenant_apps.notifications.models import Notification
from tests.notifications.test_reactions import deliver_everything

CLERK = {"deals.view": "all"}
ADMINISTRATORS = {"olga", "adam"}


def told_of(kind: str, link: str) -> dict[str, Notification]:
    """Return what was said of a person or a role, by the mailbox of whoever was told."""
    rows = Notification.objects.filter(kind=kind, link=link).order_by("recipient_id", "seq")
    return {row.recipient.email.partition("@")[0]: row for row in rows}


class TestApproverMade:
    def test_tells_administrators_and_nobody_else(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="verifier", by=adam, at=at_noon)
        deliver_everything()
        heard = told_of("approver_made", f"/people/{sam.pk}/")
        assert heard.keys() == ADMINISTRATORS
        assert heard["olga"].title == "Sam Seller may approve what others make"
        assert heard["olga"].body == "Adam Admin gave Sam Seller the role Verifier."

    def test_is_silent_about_roles_that_approve_nothing(
        self, sam: User, adam: User, at_noon: datetime
    ) -> None:
        assign_role(user_id=sam.pk, role="auditor", by=adam, at=at_noon)
        deliver_everything()
        assert told_of("approver_made", f"/people/{sam.pk}/") == {}

    def test_tells_of_everybody_who_is_given_it_at_once(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        wanted = BulkAssignment(user_ids=[sam.pk, suki.pk], add=["reviewer"])
        assign_roles(wanted=wanted, by=adam, at=at_noon)
        deliver_everything()
        for person in (sam, suki):
            heard = told_of("approver_made", f"/people/{person.pk}/")
            assert heard.keys() == ADMINISTRATORS

    def test_tells_of_a_role_of_the_organizations_own(
        self, sam: User, olga: User, at_noon: datetime
    ) -> None:
        terms = RoleTerms(name="Checker", grants={"returns.decide": "all"})
        role = create_role(terms=terms, by=olga, at=at_noon)
        assign_role(user_id=sam.pk, role=role.code, by=olga, at=at_noon)
        deliver_everything()
        heard = told_of("approver_made", f"/people/{sam.pk}/")
        assert heard["adam"].body == "Olga Owner gave Sam Seller the role Checker."


class TestRoleApproves:
    def changed(
        self, person: User | None, before: dict[str, str], after: dict[str, str], by: User
    ) -> dict[str, Notification]:
        """Return who hears that a role which the person has grants something else now."""
        at = by.created_at
        role = create_role(terms=RoleTerms(name="Clerk", grants=before), by=by, at=at)
        if person is not None:
            assign_role(user_id=person.pk, role=role.code, by=by, at=at)
        terms = RoleTerms(grants=after)
        change_role(code=role.code, terms=terms, expected_version=role.version, by=by, at=at)
        deliver_everything()
        return told_of("role_approves", f"/roles/{role.code}/")

    def test_tells_administrators_how_many_have_it(self, sam: User, olga: User) -> None:
        heard = self.changed(sam, CLERK, {**CLERK, "payments.decide": "all"}, olga)
        assert heard.keys() == ADMINISTRATORS
        assert heard["adam"].title == "The role Clerk may approve more"
        assert heard["adam"].body == "Olga Owner changed what it grants. People who have it: 1."

    def test_tells_of_a_wider_scope(self, sam: User, olga: User) -> None:
        wider = {"discounts.approve": "all"}
        assert self.changed(sam, {"discounts.approve": "team"}, wider, olga)

    def test_is_silent_while_nobody_has_it(self, olga: User) -> None:
        assert self.changed(None, CLERK, {"payments.decide": "all"}, olga) == {}

    def test_is_silent_about_everything_else(self, sam: User, olga: User) -> None:
        less = {"payments.decide": "own", "deals.edit": "all"}
        assert self.changed(sam, {"payments.decide": "all"}, less, olga) == {}

"""What a leaver works on goes to somebody else; what was credited before stays."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from shared_apps.audit.selectors import history_of
from shared_apps.jobs.reports import RunReport
from shared_apps.kernel.errors import PermissionRefused, ValidationFailed
from shared_apps.organizations.selectors import local_day_of
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import User
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import NewContact, log_contact
from tenant_apps.commissions.models import CommissionLine
from tenant_apps.deals.models import Deal
from tenant_apps.deals.selectors import credited_shares
from tenant_apps.deals.services import lose_deal
from tenant_apps.handovers.models import HandOver
from tenant_apps.handovers.services import (
    CreditsThemselves,
    HandOverAlreadyPlanned,
    HandOverNotPlanned,
    NewHandOver,
    carry_out_due,
    carry_out_hand_over,
    plan_hand_over,
)
from tenant_apps.payments.models import Payment
from tenant_apps.payments.review import held_review
from tenant_apps.payments.selectors import get_payment
from tenant_apps.payments.services import (
    Refusal,
    claim_review,
    edit_payment,
    request_changes,
    resubmit_payment,
)
from tenant_apps.projects.models import Project
from tenant_apps.projects.services import NewProject, create_project
from tenant_apps.teams.models import Team, TeamMembership
from tests.cast import make_cast, person_named
from tests.client import PrsClient, error, ok
from tests.factories.clients import ClientFactory
from tests.factories.commissions import PlanFactory
from tests.factories.deals import DealFactory, WonDealFactory, split
from tests.factories.payments import SubmittedPaymentFactory, VerifiedPaymentFactory
from tests.histories import questions
from tests.histories.rules import refuse
from tests.invoices.stories import pay
from tests.notifications.test_reactions import deliver_everything, told
from tests.payments.figures import dollars
from tests.together import run_together

URL = "/api/business/hand-overs/"
DAY = timedelta(days=1)


def hand_over(leaver: User, successor: User, by: User, at: datetime, **given: Any) -> HandOver:
    new = NewHandOver(
        leaver_id=leaver.pk, successor_id=successor.pk, reason="Sam leaves us", **given
    )
    return plan_hand_over(new=new, by=by, at=at)


def shares(deal: Deal, on: date) -> dict[str, Decimal]:
    found = credited_shares(deal.pk, on=on)
    return {User.objects.get(pk=each.user_id).first_name: each.share_percent for each in found}


class TestHandOver:
    def test_moves_clients_and_deals_and_loses_nothing(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        contact = NewContact(kind="call", outcome="Talked", next_step="Send the offer")
        log_contact(client_id=client.pk, new=contact, by=sam, at=at_noon)
        deals = [DealFactory(client=client, by=sam, at=at_noon), WonDealFactory(by=sam, at=at_noon)]
        lost = DealFactory(client=client, by=sam, at=at_noon)
        lose_deal(deal_id=lost.pk, reason="No budget", by=sam, at=at_noon)
        done = hand_over(sam, suki, adam, at_noon)

        assert done.status == "done"
        assert (done.moved["deals"], done.moved["clients"]) == (2, 2)
        assert (done.moved["next_steps"], done.left) == (1, [])
        owners = set(Deal.objects.filter(pk__in=[each.pk for each in deals]).values_list("owner"))
        assert owners == {(suki.pk,)}
        assert not Client.objects.filter(owner=sam).exists()
        lost.refresh_from_db()
        assert lost.owner_id == sam.pk
        for kind, pk in (("deals.deal", deals[0].pk), ("clients.client", client.pk)):
            events = history_of(subject_type=kind, subject_id=pk)
            assert {"owner_id": str(sam.pk)} in [event.before for event in events]
        refuse("shares", questions.SHARES_NOT_WHOLE)

    def test_credits_the_successor_from_the_day_on_and_nothing_before(
        self, sam: User, suki: User, adam: User, vera: User, at_noon: datetime
    ) -> None:
        fay, olga = person_named("fay"), person_named("olga")
        PlanFactory(author=fay, checker=olga, payees=[sam, suki], at=at_noon)
        deal = WonDealFactory(splits=split((sam, "70"), (suki, "30")), by=sam, at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)
        hand_over(sam, suki, adam, at_noon)
        today = local_day_of(at_noon)
        # money of today is credited already
        assert shares(deal, today) == {"Sam": Decimal(70), "Suki": Decimal(30)}
        assert shares(deal, today + DAY) == {"Suki": Decimal(100)}

        pay(deal, dollars(600), checker=vera, at=at_noon + DAY)
        lines = CommissionLine.objects.filter(deal_id=deal.pk)
        assert sum(line.base_delta for line in lines.filter(payee=sam)) == Decimal(280)
        assert sum(line.base_delta for line in lines.filter(payee=suki)) == Decimal(720)

    def test_lists_what_the_successor_may_not_take(
        self, sam: User, vera: User, adam: User, at_noon: datetime
    ) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        pay(deal, dollars(400), checker=vera, at=at_noon)
        other = WonDealFactory(by=sam, at=at_noon)
        done = hand_over(sam, vera, adam, at_noon)

        assert [(each["kind"], each["code"]) for each in done.left] == [("deal", deal.code)]
        deal.refresh_from_db()
        other.refresh_from_db()
        assert (deal.owner_id, other.owner_id) == (sam.pk, vera.pk)

    def test_moves_reviews_projects_and_teams(
        self, vera: User, viktor: User, adam: User, at_noon: datetime
    ) -> None:
        payment = SubmittedPaymentFactory(at=at_noon)
        claim_review(payment_id=payment.pk, by=vera, at=at_noon)
        project = create_project(new=NewProject(name="Move", lead_id=vera.pk), by=adam, at=at_noon)
        north = Team.objects.get(name="North")
        Team.objects.filter(pk=north.pk).update(lead=vera)
        done = hand_over(vera, viktor, adam, at_noon)

        assert (done.moved["reviews"], done.moved["projects"], done.moved["teams"]) == (1, 1, 1)
        held = held_review(payment.pk, at=at_noon)
        assert held is not None
        assert held.reviewer == viktor
        assert Project.objects.get(pk=project.pk).lead_id == viktor.pk
        assert Team.objects.get(pk=north.pk).lead_id == viktor.pk

    def test_moves_money_that_no_deal_has_with_its_client(
        self, sam: User, suki: User, adam: User, vera: User, at_noon: datetime
    ) -> None:
        client = ClientFactory(by=sam, at=at_noon)
        given = {"deal": None, "client": client, "by": sam, "at": at_noon}
        waiting = VerifiedPaymentFactory(**given, checker=vera, reference="first")
        returned = SubmittedPaymentFactory(**given, reference="second")
        request_changes(
            payment_id=returned.pk, checker=vera, refusal=Refusal(reason="Which one?"), at=at_noon
        )
        with pytest.raises(Payment.DoesNotExist):
            get_payment(reference=waiting.pk, viewer=suki)
        done = hand_over(sam, suki, adam, at_noon)

        assert done.moved["payments"] == 2
        assert get_payment(reference=waiting.pk, viewer=suki) == waiting
        # whoever goes on with it becomes a maker, as ever
        mended = edit_payment(
            payment_id=returned.pk,
            changes={"reference": "RF-2"},
            expected_version=Payment.objects.get(pk=returned.pk).version,
            by=suki,
            at=at_noon,
        )
        resubmit_payment(payment_id=mended.pk, by=suki, at=at_noon)
        assert Payment.objects.get(pk=returned.pk).status == "submitted"

    def test_ends_memberships_on_its_day_unless_the_person_stays(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        open_ones = TeamMembership.objects.filter(user=sam, valid_to=None)
        hand_over(sam, suki, adam, at_noon, leaves=False)
        assert open_ones.exists()
        hand_over(sam, suki, adam, at_noon)
        assert not open_ones.exists()

    def test_waits_for_its_day(self, sam: User, suki: User, adam: User, at_noon: datetime) -> None:
        deal = WonDealFactory(by=sam, at=at_noon)
        day = local_day_of(at_noon) + 3 * DAY
        planned = hand_over(sam, suki, adam, at_noon, effective_on=day)
        assert carry_out_due(at=at_noon + DAY) == RunReport(done=0, failed=0)
        assert carry_out_due(at=at_noon + 3 * DAY) == RunReport(done=1, failed=0)

        planned.refresh_from_db()
        deal.refresh_from_db()
        assert (planned.status, deal.owner_id) == ("done", suki.pk)
        assert shares(deal, day - DAY) == {"Sam": Decimal(100)}
        assert shares(deal, day) == {"Suki": Decimal(100)}

    def test_is_told_to_the_successor(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        hand_over(sam, suki, adam, at_noon)
        deliver_everything()
        assert list(told("work_handed_over")) == ["suki"]


class TestHandOverApi:
    def test_is_planned_shown_and_called_off(
        self, as_theo: PrsClient, as_mallory: PrsClient, sam: User, suki: User
    ) -> None:
        body = {
            "leaver": str(sam.pk),
            "successor": str(suki.pk),
            "effective_on": "2100-01-01",
            "reason": "Sam leaves us",
        }
        made = ok(as_theo.post(URL, body), 201)
        assert (made["status"], made["leaver"]["id"]) == ("planned", str(sam.pk))
        assert ok(as_theo.get(f"{URL}?status=planned"))["results"] == [made]
        assert error(as_theo.post(URL, body), 409)["code"] == "hand_over_already_planned"
        assert error(as_mallory.get(f"{URL}{made['id']}/"), 404)

        assert ok(as_theo.post(f"{URL}{made['code']}/cancel/"))["status"] == "cancelled"
        refused = error(as_theo.post(f"{URL}{made['code']}/cancel/"), 409)
        assert refused["code"] == "hand_over_not_planned"

    def test_is_closed_to_sellers(self, as_sam: PrsClient, suki: User, sam: User) -> None:
        body = {"leaver": str(suki.pk), "successor": str(sam.pk), "reason": "Mine"}
        assert error(as_sam.post(URL, body), 403)


class TestHandOverIsRefused:
    def test_to_oneself_with_the_credit(self, sam: User, theo: User, at_noon: datetime) -> None:
        with pytest.raises(CreditsThemselves):
            hand_over(sam, theo, theo, at_noon)
        assert hand_over(sam, theo, theo, at_noon, takes_credit=False).status == "done"

    def test_beyond_the_teams_that_one_leads(
        self, sam: User, vera: User, theo: User, at_noon: datetime
    ) -> None:
        with pytest.raises(PermissionRefused):
            hand_over(vera, sam, theo, at_noon)

    def test_in_the_past_or_to_the_same_person(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        with pytest.raises(ValidationFailed):
            hand_over(sam, suki, adam, at_noon, effective_on=local_day_of(at_noon) - DAY)
        with pytest.raises(ValidationFailed):
            hand_over(sam, sam, adam, at_noon)

    def test_a_second_time_while_one_is_planned(
        self, sam: User, suki: User, adam: User, at_noon: datetime
    ) -> None:
        later = local_day_of(at_noon) + DAY
        hand_over(sam, suki, adam, at_noon, effective_on=later)
        with pytest.raises(HandOverAlreadyPlanned):
            hand_over(sam, suki, adam, at_noon, effective_on=later)

    def test_more_than_once_at_the_same_moment(
        self, fresh_tenant: Tenant, at_noon: datetime
    ) -> None:
        make_cast(at=at_noon)
        sam, suki, adam = (person_named(name) for name in ("sam", "suki", "adam"))
        WonDealFactory(by=sam, at=at_noon)
        later = local_day_of(at_noon) + DAY
        planned = hand_over(sam, suki, adam, at_noon, effective_on=later)
        carry_out = partial(
            carry_out_hand_over, hand_over_id=planned.pk, actor=adam.actor, at=at_noon + DAY
        )
        results = run_together(fresh_tenant, [carry_out] * 8)
        assert sum(isinstance(each, HandOver) for each in results) == 1
        assert sum(isinstance(each, HandOverNotPlanned) for each in results) == 7

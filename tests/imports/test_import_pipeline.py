"""A CRM's pipeline becomes people, teams, products, clients and deals."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from shared_apps.audit.selectors import EventFilters, list_events
from shared_apps.kernel.clock import utc_now
from shared_apps.kernel.money import Money
from tenant_apps.access.selectors import roles_of
from tenant_apps.accounts.models import User
from tenant_apps.accounts.selectors import find_person_by_external_id
from tenant_apps.clients.models import Client
from tenant_apps.clients.services import archive_client
from tenant_apps.deals.models import Deal, Product
from tenant_apps.deals.services import create_deals
from tenant_apps.imports.models import ImportRow
from tenant_apps.imports.services import deals as importing_deals
from tenant_apps.ledger.selectors import balance_of, trial_balance
from tenant_apps.ledger.services import AccountCode
from tenant_apps.teams.selectors import find_team_by_name, members_of_my_teams
from tests.imports.conftest import Run
from tests.imports.exports import OPPORTUNITIES, Export
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db


def deal(external_id: str) -> Deal:
    return Deal.objects.select_related("current_version", "owner", "client", "stage").get(
        external_id=external_id
    )


def person(name: str) -> User:
    found = find_person_by_external_id(name)
    assert found is not None, name
    return found


def rows_of_every_table() -> dict[str, int]:
    """Count the rows of every table of the organization."""
    tables = set(connection.introspection.table_names())
    models = [each for each in apps.get_models() if each._meta.db_table in tables]
    return {each._meta.label: each._default_manager.count() for each in models}


class TestImport:
    def test_counts_and_totals_what_went_in(self, run: Run) -> None:
        report = run()
        assert report["status"] == 0
        assert report["counts"] == {
            "people": {"created": 6},
            "teams": {"created": 2},
            "agents": {"created": 4},
            "products": {"created": 3},
            "clients": {"created": 4},
            "deals": {"created": len(OPPORTUNITIES)},
        }
        assert report["deals"]["won"] == {
            "count": 4,
            "value": {"amount": "5713.50", "currency": "USD"},
        }
        assert {group: each["count"] for group, each in report["deals"].items()} == {
            "won": 4,
            "lost": 1,
            "engaging": 2,
            "prospecting": 2,
        }

    def test_makes_sellers_who_cannot_sign_in(self, run: Run) -> None:
        run()
        anna, mona = person("Anna Able"), person("Mona Manager")
        assert (anna.first_name, anna.last_name) == ("Anna", "Able")
        assert anna.email == "anna.able@pipeline.invalid"
        assert (anna.status, anna.has_usable_password()) == ("invited", False)
        assert (roles_of(anna.pk), roles_of(mona.pk)) == (["salesperson"], ["team_lead"])
        issued = EventFilters(name="accounts.invitation_issued", subject_id=anna.pk)
        assert not list_events(filters=issued).exists()

    def test_makes_a_team_for_each_manager(self, run: Run) -> None:
        run()
        team = find_team_by_name("Team Mona Manager")
        assert team is not None
        assert (team.lead_id, team.description) == (
            person("Mona Manager").pk,
            "Regional office: East",
        )
        members = members_of_my_teams(person("Mona Manager").pk, date(2016, 10, 20))
        assert {person("Anna Able").pk, person("Bert Baker").pk} <= members

    def test_enters_a_person_without_opportunities_and_says_so(self, run: Run) -> None:
        report = run()
        assert person("Dora Idle").status == "invited"
        quirks = {each["quirk"]: each["lines"] for each in report["quirks"]}
        assert quirks["agent without an opportunity"] == [{"file": "sales_teams.csv", "line": 5}]

    def test_wins_a_deal_on_the_day_on_which_it_closed_at_its_value(self, run: Run) -> None:
        run()
        won = deal("WON1")
        assert (won.status, won.deal_on) == ("won", date(2017, 3, 1))
        assert won.won_at == datetime(2017, 3, 1, 11, tzinfo=UTC)  # noon in Berlin
        line = won.current_version.lines.get()
        assert [line.quantity, line.unit_price, line.discount_percent] == [1, 600, 0]
        assert (str(line.product), won.client.name) == ("GTX Basic", "Betatech")
        assert (won.owner, won.current_version.is_estimate) == (person("Anna Able"), False)

    def test_keeps_open_deals_in_their_stage_at_an_estimate(self, run: Run) -> None:
        run()
        engaging, prospecting = deal("ENG1"), deal("PRO2")
        assert engaging.stage is not None
        assert prospecting.stage is not None
        assert (engaging.status, engaging.stage.name) == ("open", "Engaging")
        assert (prospecting.status, prospecting.stage.name) == ("open", "Prospecting")
        assert engaging.current_version.net == 55
        assert engaging.current_version.is_estimate
        assert engaging.deal_on == date(2017, 7, 22)

    def test_loses_what_was_lost(self, run: Run) -> None:
        run()
        lost = deal("LOST1")
        assert (lost.status, lost.lost_reason) == (
            "lost",
            "Lost on 2017-03-05 in the imported pipeline",
        )

    def test_keeps_deals_without_an_account_with_one_placeholder(self, run: Run) -> None:
        report = run()
        assert deal("ENG2").client == deal("PRO1").client
        assert deal("ENG2").client.name == "Unknown account (imported)"
        quirks = {each["quirk"]: each["lines"] for each in report["quirks"]}
        empty = quirks["account is empty: kept with one placeholder client"]
        assert [each["line"] for each in empty] == [7, 8]

    def test_reads_the_products_other_name_and_says_so(self, run: Run) -> None:
        report = run()
        assert str(deal("WON2").current_version.lines.get().product) == "GTX Pro"
        quirks = {each["quirk"]: each["count"] for each in report["quirks"]}
        assert quirks["product 'GTXPro' read as 'GTX Pro'"] == 3

    def test_keeps_what_is_known_of_an_account(self, run: Run) -> None:
        report = run()
        client = Client.objects.get(external_id="Cancity")
        assert client.tags == ["technolgy"]
        assert "employees: 2448" in client.remarks
        assert client.owner == person("Bert Baker")
        assert "sector kept as it is spelt" in {each["quirk"] for each in report["quirks"]}

    def test_records_the_same_events_as_people_do_but_in_its_own_name(self, run: Run) -> None:
        run()
        events = list_events(filters=EventFilters(subject_id=deal("WON2").pk))
        assert [each.name for each in events.order_by("pk")] == [
            "deals.deal_created",
            "deals.deal_won",
        ]
        assert {each.actor_id for each in events} == {"system:import"}

    def test_tells_nobody_of_old_deals(self, run: Run) -> None:
        before = rows_of_every_table()["audit.Delivery"]
        run()
        assert rows_of_every_table()["audit.Delivery"] == before

    def test_posts_what_was_won_to_the_ledger(self, run: Run) -> None:
        run()
        assert balance_of(AccountCode.REVENUE, currency="USD") == Money.of("5713.50", "USD")
        assert sum(row.debit.amount - row.credit.amount for row in trial_balance()) == 0

    def test_takes_the_currency_that_it_is_told(self, run: Run) -> None:
        report = run(currency="EUR")
        assert report["deals"]["won"]["value"]["currency"] == "EUR"
        assert deal("WON1").current_version.currency == "EUR"

    def test_uses_clients_and_products_that_are_there_already(
        self, run: Run, export: Export
    ) -> None:
        run()
        with unguarded(ImportRow):
            ImportRow.objects.filter(kind__in=["client", "product"]).delete()
        report = run()
        assert report["counts"]["clients"] == {"found": 4}
        assert report["counts"]["products"] == {"found": 3}
        assert (Client.objects.count(), Product.objects.count()) == (4, 3)


class TestASecondRun:
    def test_changes_nothing(self, run: Run) -> None:
        run()
        before = rows_of_every_table()
        report = run()
        assert report["status"] == 0
        assert report["counts"]["deals"] == {"unchanged": len(OPPORTUNITIES)}
        assert rows_of_every_table() == before

    def test_leaves_what_people_changed_since(self, run: Run) -> None:
        run()
        Deal.objects.filter(external_id="ENG1").update(name="Renamed by hand")
        run()
        assert deal("ENG1").name == "Renamed by hand"

    def test_brings_in_what_was_added(self, run: Run, export: Export) -> None:
        run()
        export.append("sales_pipeline.csv", "NEW1,Anna Able,GTX Basic,Betatech,Engaging,1/1/2018,,")
        assert run()["counts"]["deals"] == {"unchanged": len(OPPORTUNITIES), "created": 1}

    @pytest.mark.parametrize(
        ("row", "status", "value"),
        [
            ("Won,7/22/2017,1/9/2018,58", "won", Decimal(58)),
            ("Lost,7/22/2017,1/9/2018,0", "lost", Decimal(55)),
            ("Prospecting,7/22/2017,,60", "open", Decimal(60)),
        ],
    )
    def test_lets_an_open_deal_follow_its_row(
        self, row: str, status: str, value: Decimal, run: Run, export: Export
    ) -> None:
        run()
        export.replace("sales_pipeline.csv", "Engaging,7/22/2017,,", row)
        report = run()
        assert report["counts"]["deals"]["updated"] == 1
        assert (deal("ENG1").status, deal("ENG1").current_version.net) == (status, value)
        assert run()["counts"]["deals"] == {"unchanged": len(OPPORTUNITIES)}

    def test_refuses_to_change_a_closed_deal(self, run: Run, export: Export) -> None:
        run()
        export.replace("sales_pipeline.csv", "3/1/2017,600", "3/1/2017,700")
        report = run()
        assert (report["status"], [each["line"] for each in report["refused"]]) == (1, [2])
        assert deal("WON1").current_version.net == 600

    def test_refuses_to_move_an_agent_to_another_manager(self, run: Run, export: Export) -> None:
        run()
        export.replace("sales_teams.csv", "Bert Baker,Mona Manager", "Bert Baker,Nils Nobel")
        report = run()
        assert [(each["file"], each["line"]) for each in report["refused"]] == [
            ("sales_teams.csv", 3)
        ]

    def test_completes_one_that_was_cut_off(
        self, run: Run, export: Export, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importing_deals, "ROWS_PER_TRANSACTION", 4)
        calls: list[int] = []

        def cut_off(**given: Any) -> Any:
            calls.append(len(given["new"]))
            if len(calls) == 2:
                raise KeyboardInterrupt
            return create_deals(**given)

        monkeypatch.setattr(f"{importing_deals.__name__}.create_deals", cut_off)
        with pytest.raises(KeyboardInterrupt):
            run()
        assert Deal.objects.count() == 4
        report = run()
        assert report["counts"]["deals"] == {"unchanged": 4, "created": len(OPPORTUNITIES) - 4}


class TestDryRun:
    def test_writes_nothing(self, run: Run) -> None:
        before = rows_of_every_table()
        run(dry_run=True)
        assert rows_of_every_table() == before

    def test_reports_what_the_import_then_reports(self, run: Run, export: Export) -> None:
        export.append("sales_pipeline.csv", "BAD,Nobody Known,GTX Basic,Betatech,Engaging,,,")
        tried, done = run(dry_run=True), run()
        assert tried.pop("dry_run") is True
        assert done.pop("dry_run") is False
        assert tried == done

    def test_after_an_import_finds_everything_unchanged(self, run: Run) -> None:
        run()
        assert run(dry_run=True)["counts"]["deals"] == {"unchanged": len(OPPORTUNITIES)}


class TestBrokenRows:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("BAD,Nobody Known,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5", "sales_agent 'Nobody"),
            ("BAD,Anna Able,GTX Ultra,Betatech,Won,1/1/2017,1/2/2017,5", "product 'GTX Ultra'"),
            ("BAD,Anna Able,GTX Basic,Nowhere,Won,1/1/2017,1/2/2017,5", "account 'Nowhere'"),
            ("BAD,Anna Able,GTX Basic,Betatech,Maybe,1/1/2017,1/2/2017,5", "deal_stage 'Maybe'"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,2017-01-02,5", "is not a date"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,13/1/2017,5", "is not a date"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,2/30/2017,5", "is not a date"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,,5", "needs a close_date"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,", "needs a close_value"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,five", "is not a number"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,-5", "is negative"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5.005", "more decimals"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,NaN", "is not a number"),
            (
                "BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,1000000000000",
                "out of range",
            ),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/3/2017,1/2/2017,5", "before it began"),
            ("BAD,,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5", "sales_agent is empty"),
            (",Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5", "opportunity_id is empty"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017", "has 7 values"),
            ("BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5,6", "has 9 values"),
            (f"{'X' * 101},Anna Able,GTX Basic,Betatech,Engaging,,,", "longer than 100"),
            ("BAD,Anna\x00Able,GTX Basic,Betatech,Engaging,,,", "no text"),
            ("WON1,Anna Able,GTX Basic,Betatech,Engaging,,,", "twice, first on line 2"),
        ],
    )
    def test_are_named_by_line_and_the_others_go_in(
        self, row: str, reason: str, run: Run, export: Export
    ) -> None:
        line = export.append(
            "sales_pipeline.csv", row, "LAST,Anna Able,GTX Basic,Betatech,Engaging,1/1/2017,,"
        )
        report = run()
        (refused,) = report["refused"]
        assert (report["status"], refused["file"], refused["line"]) == (
            1,
            "sales_pipeline.csv",
            line,
        )
        assert reason in refused["reason"]
        assert report["counts"]["deals"] == {"created": len(OPPORTUNITIES) + 1}
        assert not Deal.objects.filter(external_id="BAD").exists()
        assert deal("LAST").status == "open"

    @pytest.mark.parametrize(
        ("name", "row"),
        [
            ("sales_teams.csv", "Eva Ernst,,East"),
            ("sales_teams.csv", "Anna Able,Mona Manager,East"),
            ("accounts.csv", ",retail,1,2,3,4,5"),
            ("accounts.csv", "Betatech,medical,1986,1,1,Kenya,"),
            ("products.csv", "GTX Mini,GTX,cheap"),
            ("products.csv", "GTX Basic,GTX,550"),
        ],
    )
    def test_of_the_other_files_are_named_too(
        self, name: str, row: str, run: Run, export: Export
    ) -> None:
        line = export.append(name, row)
        report = run()
        assert [(each["file"], each["line"]) for each in report["refused"]] == [(name, line)]
        assert report["counts"]["deals"] == {"created": len(OPPORTUNITIES)}

    def test_take_along_the_deals_that_need_them(self, run: Run, export: Export) -> None:
        export.replace("products.csv", "GTX Pro,GTX,4821", "GTX Pro,GTX,?")
        report = run()
        files = [each["file"] for each in report["refused"]]
        assert files == ["products.csv", *["sales_pipeline.csv"] * 3]
        assert report["counts"]["deals"] == {"created": len(OPPORTUNITIES) - 3}

    def test_that_a_service_refuses_leave_nothing_behind(
        self, run: Run, export: Export, olga: User
    ) -> None:
        """Everything in one transaction fails for one row, so each row is tried on its own."""
        run()
        client = Client.objects.get(external_id="Betatech")
        archive_client(client_id=client.pk, by=olga, at=utc_now())
        line = export.append(
            "sales_pipeline.csv",
            "BAD,Anna Able,GTX Basic,Betatech,Won,1/1/2017,1/2/2017,5",
            "GOOD,Anna Able,GTX Basic,Cancity,Won,1/1/2017,1/2/2017,5",
        )
        before = rows_of_every_table()
        report = run()
        (refused,) = report["refused"]
        assert (refused["line"], "archived" in refused["reason"]) == (line, True)
        assert report["counts"]["deals"] == {"unchanged": len(OPPORTUNITIES), "created": 1}
        assert deal("GOOD").code == f"DL-{len(OPPORTUNITIES) + 1:04}"
        assert rows_of_every_table()["deals.Deal"] == before["deals.Deal"] + 1


class TestBadInput:
    @pytest.mark.parametrize("option", ["pipeline", "teams", "accounts", "products"])
    def test_a_missing_file_ends_in_one_sentence_and_status_2(
        self, option: str, run: Run, export: Export
    ) -> None:
        report = run(**{option: export.folder / "nowhere.csv"})
        assert report["status"] == 2
        assert report["message"].endswith("nowhere.csv cannot be read: No such file or directory.")

    @pytest.mark.parametrize(
        ("name", "header", "problem"),
        [
            ("sales_pipeline.csv", "a,b,c", "lacks the column opportunity_id, sales_agent"),
            ("sales_teams.csv", "sales_agent;manager;regional_office", "lacks the column"),
            ("accounts.csv", "", "is empty"),
            ("products.csv", '"' + "x" * 200_000, "is not a CSV file"),
        ],
    )
    def test_a_wrong_file_ends_in_one_sentence_before_anything_is_written(
        self, name: str, header: str, problem: str, run: Run, export: Export
    ) -> None:
        (export.folder / name).write_text(header, encoding="utf-8")
        before = rows_of_every_table()
        report = run()
        assert report["status"] == 2
        assert problem in report["message"]
        assert rows_of_every_table() == before

    @pytest.mark.parametrize("options", [{"organization": "nobody"}, {"currency": "DOLLAR"}])
    def test_unknown_names_end_in_one_sentence(self, options: dict[str, Any], run: Run) -> None:
        assert run(**options)["status"] == 2


class TestReport:
    def test_reads_well(self, run: Run, export: Export) -> None:
        export.append("sales_pipeline.csv", "BAD,Nobody,GTX Basic,Betatech,Engaging,,,")
        out = StringIO()
        with pytest.raises(Exception, match=r"Refused: 1 row\."):
            call_command("import_pipeline", organization="acme", stdout=out, **export.options)
        text = out.getvalue()
        for part in (
            "  deals: 9 created",
            "  won: 4, 5,713.50 USD",
            "  account is empty: kept with one placeholder client (2 rows: sales_pipeline.csv:7, ",
            "Refused: 1 row",
            "  sales_pipeline.csv:11: sales_agent 'Nobody' is in none of the other files",
        ):
            assert part in text

    def test_shows_progress_when_asked(
        self, run: Run, export: Export, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run()
        assert capsys.readouterr().err == ""
        export.append("sales_pipeline.csv", "BAD,Nobody,GTX Basic,Betatech,Engaging,soon,,")
        run(progress=True)
        assert "10/10" in capsys.readouterr().err

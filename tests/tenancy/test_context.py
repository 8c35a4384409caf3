"""Whose data: selected, nested, restored, and refused when nobody said."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.db import (
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connection,
    connections,
    transaction,
)
from django.test.utils import CaptureQueriesContext

from shared_apps.tenancy.backend.base import (
    CursorLeftItsTenant,
    SchemaSwitchRefused,
    stock_django_tenants,
)
from shared_apps.tenancy.channels import tenant_group
from shared_apps.tenancy.context import (
    NoTenant,
    Tenant,
    current_schema,
    current_tenant,
    is_platform,
    on_commit,
    use_nothing,
    use_platform,
    use_tenant,
)
from shared_apps.tenancy.streaming import tenant_stream


def wrapper() -> Any:
    """The product's own database wrapper behind Django's proxy."""
    return connections["default"]


def path_of_server() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path')")
        return str(cursor.fetchone()[0])


class TestTheContext:
    def test_is_empty_in_a_new_thread(self, acme: Tenant) -> None:
        seen: list[object] = []

        def look() -> None:
            try:
                seen.append(current_tenant())
            except NoTenant as error:
                seen.append(error)

        with use_tenant(acme):
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
        assert isinstance(seen[0], NoTenant)

    def test_is_restored_after_a_failure_in_a_nested_one(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        with use_tenant(acme):
            with pytest.raises(ZeroDivisionError), use_tenant(globex):
                _ = 1 // 0
            assert current_tenant() == acme
            with use_platform():
                assert is_platform()
            assert current_tenant() == acme

    def test_never_means_public_by_default(self, acme: Tenant) -> None:
        for question in (current_schema, current_tenant, path_of_server):
            with use_nothing(), pytest.raises(NoTenant):
                question()

    def test_has_no_organization_on_the_platform(self, acme: Tenant) -> None:
        with use_platform(), pytest.raises(NoTenant):
            current_tenant()


class TestTheConnection:
    def test_has_only_the_organizations_schema_and_the_extensions_on_its_path(
        self, acme: Tenant
    ) -> None:
        assert path_of_server() == f"{acme.schema}, extensions"

    def test_finds_no_table_of_public(self, acme: Tenant) -> None:
        with (
            pytest.raises(ProgrammingError, match="does not exist"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 FROM organizations_organization")

    def test_sends_the_path_once_for_many_queries(self, acme: Tenant, globex: Tenant) -> None:
        with use_tenant(globex):
            path_of_server()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for _ in range(50):
                path_of_server()
        sent = [q["sql"] for q in queries if "SET search_path" in q["sql"]]
        assert len(sent) == 1
        assert len(queries) == 51

    def test_follows_the_context_after_a_rolled_back_savepoint(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        sid = transaction.savepoint()
        with use_tenant(globex):
            assert globex.schema in path_of_server()
        transaction.savepoint_rollback(sid)
        assert acme.schema in path_of_server()

    def test_recovers_from_an_error_under_another_organization(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            use_tenant(globex),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 FROM no_such_table")
        assert acme.schema in path_of_server()

    def test_works_when_the_server_does_not_report_the_path(
        self, acme: Tenant, globex: Tenant, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """PostgreSQL before 18: the path is remembered on our side and forgotten in time."""
        stock = wrapper()
        monkeypatch.setattr(type(stock), "_reported_path", lambda self: self._path_on_server)
        stock._path_on_server = None
        sid = transaction.savepoint()
        with use_tenant(globex):
            assert globex.schema in path_of_server()
            transaction.savepoint_rollback(sid)
            assert globex.schema in path_of_server()
        assert acme.schema in path_of_server()

    def test_refuses_a_cursor_that_left_its_organization(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        with (
            connection.cursor() as cursor,
            use_tenant(globex),
            pytest.raises(CursorLeftItsTenant),
        ):
            cursor.execute("SELECT 1")

    def test_takes_its_path_along_in_a_cursor_held_over_other_work(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        """Also where a cursor does not go through Django's execute."""

        def work_there() -> None:
            with use_tenant(globex):
                assert globex.schema in path_of_server()

        with connection.cursor() as held, wrapper().chunked_cursor() as on_server:
            for ask in (held, on_server):
                work_there()
                ask.execute("SELECT current_schema()")
                assert ask.fetchone() == (acme.schema,)
            work_there()
            assert list(held.stream("SELECT current_schema()")) == [(acme.schema,)]
            work_there()
            with held.copy("COPY (SELECT current_schema()) TO STDOUT") as rows:
                assert list(rows.rows()) == [(acme.schema,)]

    def test_refuses_a_cursor_whose_session_a_pool_may_have_lent_to_others(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        one = wrapper().copy("pooled")
        one.settings_dict["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1}
        one.settings_dict["CONN_MAX_AGE"] = 0
        other = one.copy("pooled")
        held = one.cursor()
        one.close()
        try:
            with use_tenant(globex), other.cursor() as cursor:
                cursor.execute("SELECT 1")
            with pytest.raises(InterfaceError, match="given back"):
                held.execute("SELECT 1")
        finally:
            other.close()
            one.close_pool()

    def test_cannot_be_parked_on_a_schema(self, acme: Tenant) -> None:
        with pytest.raises(SchemaSwitchRefused):
            wrapper().set_schema("public")
        with pytest.raises(SchemaSwitchRefused):
            wrapper().set_schema_to_public()

    def test_lets_stock_code_switch_and_restores_the_context(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        with stock_django_tenants():
            wrapper().set_schema(globex.schema)
            assert globex.schema in path_of_server()
            wrapper().set_schema_to_public()
        assert current_tenant() == acme
        assert acme.schema in path_of_server()


class TestWhatRunsLater:
    @pytest.mark.parametrize("register", [on_commit, transaction.on_commit], ids=["ours", "stock"])
    def test_a_commit_hook_runs_for_the_organization_that_registered_it(
        self,
        fresh_tenant: Tenant,
        globex: Tenant,
        register: object,
    ) -> None:
        seen: list[str] = []
        with transaction.atomic(), use_tenant(globex):
            with use_tenant(fresh_tenant):
                register(lambda: seen.append(path_of_server()))  # type: ignore[operator]
            path_of_server()
        assert seen == [f"{fresh_tenant.schema}, extensions"]

    def test_a_stream_is_read_for_the_organization_that_made_it(
        self, acme: Tenant, globex: Tenant
    ) -> None:
        def chunks() -> Iterator[str]:
            for _ in range(3):
                yield path_of_server()

        stream = tenant_stream(chunks())
        seen = []
        for tenant in (globex, acme, globex):
            with use_tenant(tenant):
                seen.append(next(stream))
        assert seen == [f"{acme.schema}, extensions"] * 3


class TestWhatIsKeyed:
    def test_cache_keys_groups_and_files_refuse_to_be_nobodys(self) -> None:
        with use_nothing():
            for use in (
                lambda: caches["tenant"].get("x"),
                lambda: tenant_group("x"),
                lambda: default_storage.exists("x"),
            ):
                with pytest.raises(NoTenant):
                    use()

    def test_one_cache_key_holds_two_values(self, acme: Tenant, globex: Tenant) -> None:
        caches["tenant"].set("who", "acme", 30)
        with use_tenant(globex):
            caches["tenant"].set("who", "globex", 30)
        assert caches["tenant"].get("who") == "acme"

    def test_groups_of_two_organizations_differ(self, acme: Tenant, globex: Tenant) -> None:
        with use_tenant(globex):
            theirs = tenant_group("sockets")
        assert tenant_group("sockets") != theirs

    @pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x"])
    def test_a_file_name_cannot_leave_the_organizations_folder(
        self, acme: Tenant, name: str
    ) -> None:
        with pytest.raises(Exception, match=r"outside|traversal|absolute|located"):
            default_storage.open(name)


def test_a_lost_connection_is_an_error_and_not_another_organization(acme: Tenant) -> None:
    """The wrapper forgets everything about a connection that was closed under it."""
    fresh = wrapper().copy("lost")
    try:
        with fresh.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        with pytest.raises(OperationalError), fresh.cursor() as cursor:
            cursor.execute("SELECT 1")
        fresh.close()
        with fresh.cursor() as cursor:
            cursor.execute("SELECT current_setting('search_path')")
            assert cursor.fetchone()[0] == f"{acme.schema}, extensions"
    finally:
        fresh.close()

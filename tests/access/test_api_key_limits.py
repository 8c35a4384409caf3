"""What a key never does, whatever it holds, and who answers for what it does."""

from datetime import timedelta

import pytest

from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.access.role_matrix import FOR_KEYS
from tenant_apps.access.scopes import people_with, read_grants
from tenant_apps.accounts.models import ApiKey, User
from tenant_apps.accounts.services import sign_in, suspend_service_account
from tenant_apps.accounts.services.door import SignInRefused
from tenant_apps.accounts.services.sign_in import SignInAttempt
from tenant_apps.accounts.sockets import identify_now
from tenant_apps.notifications.standing import people_who_may_stay
from tenant_apps.payments.models import Payment
from tests.access.keys import make_key
from tests.access.test_route_permissions import GUARDED, TENANT_ROUTES, Route, example_of
from tests.client import PrsClient, error, ok
from tests.factories.documents import StoredFileFactory
from tests.web.money_requests import payment_body

pytestmark = pytest.mark.django_db

TICKET, KEYS = "/api/auth/ws-ticket/", "/api/auth/api-keys/"
# what the last word of an address says about another's work
DECIDING_WORDS = {"approve", "reject", "decline", "request-changes", "claim", "release"}
# no setting up of second factors with a key: these know other credentials alone
SETTING_UP = ("mfa/", "passkeys/")


@pytest.fixture
def mighty(olga: User, acme: Tenant) -> PrsClient:
    """A key with everything that keys may hold, by grace of the owner."""
    grants = dict.fromkeys(FOR_KEYS, "all")
    return PrsClient.with_key(make_key(olga, grants=grants).text, tenant=acme)


def code_of(client: PrsClient, route: Route) -> str:
    """Return the code of the refusal, empty for an answer."""
    answer = client.generic(route.method, example_of(route.path))
    return "" if answer.status_code < 400 else str(answer.json()["error"]["code"])


class TestFourEyes:
    @pytest.mark.parametrize(
        "route",
        [
            each
            for each in TENANT_ROUTES
            if each.path.rstrip("/").rsplit("/", 1)[1] in DECIDING_WORDS
        ],
        ids=str,
    )
    def test_are_never_a_keys(self, route: Route, mighty: PrsClient) -> None:
        assert code_of(mighty, route) == "not_for_api_keys"

    def test_stay_out_of_a_key_that_was_stored_with_them(self, olga: User, acme: Tenant) -> None:
        key = make_key(olga)
        row = ApiKey.objects.get(pk=key.key.pk)
        row.pk, row.grants = None, {"returns.decide": "all", "deals.view": "all"}
        account = row.service_account
        account.api_key = row
        assert read_grants(account) == {"deals.view": "all"}

    def test_no_program_is_counted_among_those_who_can_decide(
        self, mighty: PrsClient, cast: None
    ) -> None:
        account = ApiKey.objects.latest("issued_at").service_account_id
        for permission in ("payments.decide", "people.view"):
            assert account not in people_with(permission)

    def test_whoever_issued_the_key_is_a_maker_of_what_it_made(
        self, adam: User, as_adam: PrsClient, as_vera: PrsClient, acme: Tenant
    ) -> None:
        needed = ("clients.view", "deals.view", "files.view", "payments.submit", "payments.view")
        issued = make_key(adam, grants=dict.fromkeys(needed, "all"))
        program = PrsClient.with_key(issued.text, tenant=acme)
        body = payment_body()
        body["proofs"] = [str(StoredFileFactory(by=issued.key.service_account).pk)]
        made = ok(program.post("/api/business/payments/", body), 201)
        path = f"/api/business/payments/{made['id']}/approve/"
        payment = Payment.objects.get(pk=made["id"])
        assert payment.maker_id == issued.key.service_account_id
        given = {"verified_amount": body["amount"], "content_hash": payment.content_hash}
        assert error(as_adam.post(path, given), 403)["code"] == "maker_is_checker"
        ok(as_vera.post(path, given), 200)


class TestPeoplesOwn:
    def test_every_other_route_opens_or_says_that_it_is_not_for_keys(
        self, mighty: PrsClient
    ) -> None:
        refused = {
            str(route): code
            for route in GUARDED
            if not any(word in route.path for word in SETTING_UP)
            and (code := code_of(mighty, route))
            in {"not_authenticated", "token_invalid", "step_up_required"}
        }
        assert refused == {}

    @pytest.mark.parametrize("route", [each for each in GUARDED if "auth/" in each.path], ids=str)
    def test_the_account_of_a_person_is_no_keys(self, route: Route, mighty: PrsClient) -> None:
        for_keys = {"GET /api/auth/me/", "POST /api/auth/ws-ticket/", f"GET {KEYS}"}
        for_keys |= {f"GET {KEYS}<str:pk>/"}
        if str(route) in for_keys:
            assert code_of(mighty, route) in {"", "not_found"}
        else:
            assert code_of(mighty, route) in {
                "not_for_api_keys",
                "permission_denied",
                "token_invalid",
            }

    def test_no_person_signs_in_as_a_program(self, olga: User) -> None:
        account = make_key(olga).key.service_account
        for password in ("", "!"):
            attempt = SignInAttempt(email=account.email, password=password)
            with pytest.raises(SignInRefused):
                sign_in(attempt=attempt, at=utc_now())

    def test_a_program_is_no_person_to_administer(self, olga: User, as_olga: PrsClient) -> None:
        account = make_key(olga).key.service_account
        path = f"/api/admin/users/{account.pk}/"
        error(as_olga.get(path), 404)
        error(as_olga.post(f"{path}roles/", {"roles": ["owner"]}), 404)
        for verb in ("suspend", "invite", "force-reset", "reactivate"):
            error(as_olga.post(f"{path}{verb}/", {"reason": "x"}), 404)
        listed = ok(as_olga.get("/api/admin/users/?page_size=100"))["results"]
        assert str(account.pk) not in {each["id"] for each in listed}


class TestSockets:
    def scope(self, ticket: str) -> dict[str, object]:
        return {
            "query_string": f"ticket={ticket}".encode(),
            "headers": [(b"host", b"acme.localhost")],
        }

    def test_a_ticket_opens_one_as_the_program(self, olga: User, acme: Tenant) -> None:
        issued = make_key(olga)
        client = PrsClient.with_key(issued.text, tenant=acme)
        ticket = ok(client.post(TICKET), 200)["ticket"]
        assert identify_now(self.scope(ticket), at=utc_now()) == issued.key.service_account
        assert identify_now(self.scope(ticket), at=utc_now()) is None

    def test_a_ticket_opens_none_once_the_key_is_revoked(
        self, olga: User, as_olga: PrsClient, acme: Tenant
    ) -> None:
        issued = make_key(olga)
        ticket = ok(PrsClient.with_key(issued.text, tenant=acme).post(TICKET), 200)["ticket"]
        ok(as_olga.post(f"{KEYS}{issued.key.pk}/revoke/"), 200)
        assert identify_now(self.scope(ticket), at=utc_now()) is None

    def test_a_program_stays_while_a_key_counts(self, olga: User, as_olga: PrsClient) -> None:
        issued = make_key(olga)
        account = issued.key.service_account_id
        both = frozenset({account, olga.pk})
        assert people_who_may_stay(both) == both
        ok(as_olga.post(f"{KEYS}{issued.key.pk}/revoke/"), 200)
        assert people_who_may_stay(both) == {olga.pk}

    def test_a_program_leaves_with_its_last_key(self, olga: User) -> None:
        old = make_key(olga, days=1, at=utc_now() - timedelta(days=1))
        assert people_who_may_stay([old.key.service_account_id]) == frozenset()

    def test_a_suspended_program_leaves(self, olga: User) -> None:
        account = make_key(olga).key.service_account_id
        suspend_service_account(user_id=account, reason="Runs wild", by=olga.actor, at=utc_now())
        assert people_who_may_stay([account]) == frozenset()

"""Second factors: set up, proved at the door, each code once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from shared_apps.audit.models import EventRecord
from shared_apps.kernel.clock import utc_now
from shared_apps.tenancy.context import Tenant
from tenant_apps.accounts.models import RecoveryCode, SignIn, User
from tenant_apps.accounts.totp import code_at_step, matching_step, step_of
from tests.accounts.factors import App, give_app, sign_in_with
from tests.cast import PASSWORD
from tests.client import PrsClient, error, ok

pytestmark = pytest.mark.django_db

LOGIN, SECOND, MFA = "/api/auth/login/", "/api/auth/login/mfa/", "/api/auth/mfa/"
ME, REFRESH = "/api/auth/me/", "/api/auth/token/refresh/"


@pytest.fixture
def app(person: User) -> App:
    """The person's authenticator app."""
    return give_app(person)


@pytest.fixture
def challenge(app: App, person: User, anyone: PrsClient) -> str:
    """The challenge of a first step."""
    answer = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}), 200)
    return str(answer["challenge"])


@pytest.fixture
def as_person(pair: dict[str, str], acme: Tenant) -> PrsClient:
    """A client with the person's own token."""
    client = PrsClient(host=acme.host)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")
    return client


class TestTheCodes:
    # RFC 6238, appendix B (SHA-1), the last six of the eight digits printed there
    SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    @pytest.mark.parametrize(
        ("seconds", "code"),
        [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
    )
    def test_are_those_of_the_standard(self, seconds: int, code: str) -> None:
        at = datetime.fromtimestamp(seconds, tz=UTC)
        assert matching_step(self.SECRET, code, at=at) == seconds // 30

    def test_are_good_one_step_to_either_side(self) -> None:
        at = datetime(2026, 3, 2, 11, tzinfo=UTC)
        now = step_of(at)
        good = [
            n
            for n in range(-3, 4)
            if matching_step(self.SECRET, code_at_step(self.SECRET, now + n), at=at) is not None
        ]
        assert good == [-1, 0, 1]

    @pytest.mark.parametrize("code", ["", "x", "12345", "1234567", "é12345", "٠٨١٨٠٤"])
    def test_are_six_digits(self, code: str) -> None:
        assert matching_step(self.SECRET, code, at=utc_now()) is None


class TestSigningIn:
    def test_with_the_password_alone_gives_a_challenge_and_nothing_else(
        self, app: App, person: User, anyone: PrsClient
    ) -> None:
        answer = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}), 200)
        assert answer["status"] == "mfa_required"
        assert answer["methods"] == ["totp", "recovery_code"]
        assert (answer["access"], answer["refresh"], answer["user"]) == (None, None, None)
        assert not SignIn.objects.filter(user=person).exists()

    def test_with_the_code_too_gives_tokens(
        self, app: App, person: User, anyone: PrsClient
    ) -> None:
        answer = sign_in_with(app, person, anyone)
        assert answer["status"] == "signed_in"
        row = EventRecord.objects.get(name="accounts.person_signed_in", subject_id=person.pk)
        assert row.payload["proofs"] == "password+totp"
        headers = {"Authorization": f"Bearer {answer['access']}"}
        assert ok(anyone.get(ME, headers=headers))["email"] == person.email

    def test_opens_the_browser_session_after_the_second_step_only(
        self, app: App, person: User, anyone: PrsClient
    ) -> None:
        given = {"email": person.email, "password": PASSWORD, "session": True}
        first = ok(anyone.post(LOGIN, given), 200)
        assert "prs_session" not in anyone.cookies
        error(anyone.get(ME), 401)
        ok(anyone.post(SECOND, {"challenge": first["challenge"], "code": app.code()}), 200)
        assert ok(anyone.get(ME))["email"] == person.email

    def test_takes_a_recovery_code_once(
        self, app: App, person: User, challenge: str, anyone: PrsClient
    ) -> None:
        code = app.recovery_codes[0].upper().replace("-", " ")
        answer = anyone.post(SECOND, {"challenge": challenge, "recovery_code": code})
        assert ok(answer, 200)["status"] == "signed_in"
        again = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        given = {"challenge": again["challenge"], "recovery_code": code}
        assert error(anyone.post(SECOND, given), 401)["code"] == "wrong_code"

    def test_takes_a_code_once(self, app: App, person: User, anyone: PrsClient) -> None:
        sign_in_with(app, person, anyone)
        app.step -= 1
        first = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        given = {"challenge": first["challenge"], "code": app.code()}
        assert error(anyone.post(SECOND, given), 401)["code"] == "wrong_code"

    def test_takes_a_challenge_once(self, app: App, challenge: str, anyone: PrsClient) -> None:
        ok(anyone.post(SECOND, {"challenge": challenge, "code": app.code()}), 200)
        given = {"challenge": challenge, "code": app.code()}
        assert error(anyone.post(SECOND, given), 401)["code"] == "token_invalid"

    def test_refuses_a_wrong_code_and_records_it(
        self, person: User, challenge: str, anyone: PrsClient
    ) -> None:
        given = {"challenge": challenge, "code": "000000"}
        refusal = anyone.post(SECOND, given)
        assert error(refusal, 401)["code"] == "wrong_code"
        row = EventRecord.objects.filter(name="accounts.sign_in_failed").latest("recorded_at")
        assert (row.payload["cause"], row.payload["user_id"]) == ("wrong_code", str(person.pk))

    def test_stops_the_sixth_guess_from_everywhere(
        self, app: App, challenge: str, anyone: PrsClient
    ) -> None:
        for number in range(5):
            given = {"challenge": challenge, "code": "000000"}
            error(anyone.post(SECOND, given, REMOTE_ADDR=f"203.0.113.{number}"), 401)
        stopped = anyone.post(SECOND, {"challenge": challenge, "code": app.code()})
        assert error(stopped, 429)["code"] == "throttled"
        assert 0 < int(stopped["Retry-After"]) <= 900

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"code": "1"},
            {"challenge": "x"},
            {"challenge": "x", "code": "1", "recovery_code": "2"},
        ],
    )
    def test_asks_for_a_challenge_and_one_code(
        self, given: dict[str, str], anyone: PrsClient
    ) -> None:
        assert error(anyone.post(SECOND, given), 400)["code"] == "validation_error"

    def test_ends_with_a_new_password(
        self, app: App, person: User, challenge: str, anyone: PrsClient
    ) -> None:
        person.set_password("an even better one 9")
        person.save(update_fields=["password"])
        given = {"challenge": challenge, "code": app.code()}
        assert error(anyone.post(SECOND, given), 401)["code"] == "token_invalid"

    def test_is_of_this_organization(self, app: App, challenge: str, at_globex: PrsClient) -> None:
        given = {"challenge": challenge, "code": app.code()}
        assert error(at_globex.post(SECOND, given), 401)["code"] == "wrong_tenant"

    def test_opens_nothing_with_the_challenge_itself(
        self, challenge: str, anyone: PrsClient
    ) -> None:
        headers = {"Authorization": f"Bearer {challenge}"}
        for path in (ME, f"{MFA}status/"):
            error(anyone.get(path, headers=headers), 401)
        error(anyone.post(f"{MFA}totp/begin/", headers=headers), 401)
        error(anyone.post(REFRESH, {"refresh": challenge}), 401)


class TestSettingUp:
    def test_stores_nothing_before_the_first_code(self, person: User, as_person: PrsClient) -> None:
        offer = ok(as_person.post(f"{MFA}totp/begin/"), 200)
        assert offer["uri"].startswith("otpauth://totp/")
        assert "<svg" in offer["qr_svg"]
        assert not Authenticator.objects.filter(user=person).exists()

    def test_keeps_the_secret_sealed(self, app: App, person: User) -> None:
        stored = Authenticator.objects.get(user=person).data["secret"]
        assert stored.startswith("f1.")
        assert app.secret not in stored

    def test_gives_ten_recovery_codes_of_which_hashes_stay(self, app: App, person: User) -> None:
        assert len(set(app.recovery_codes)) == 10
        stored = set(RecoveryCode.objects.filter(user=person).values_list("code_hash", flat=True))
        assert len(stored) == 10
        assert not stored & set(app.recovery_codes)

    def test_keeps_this_sign_in_and_ends_the_others(
        self, person: User, pair: dict[str, str], as_person: PrsClient, anyone: PrsClient
    ) -> None:
        other = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        offer = ok(as_person.post(f"{MFA}totp/begin/"))
        code = code_at_step(offer["secret"], step_of(utc_now()))
        answer = ok(
            as_person.post(f"{MFA}totp/confirm/", {"setup": offer["setup"], "code": code}), 200
        )
        assert (len(answer["recovery_codes"]), answer["sign_in"]) == (10, None)
        assert ok(as_person.get(f"{MFA}status/")) == {
            "totp": True,
            "passkeys": 0,
            "recovery_codes_left": 10,
            "is_required": False,
        }
        ok(anyone.post(REFRESH, {"refresh": pair["refresh"]}))
        error(anyone.post(REFRESH, {"refresh": other["refresh"]}), 401)
        assert EventRecord.objects.filter(name="accounts.second_factor_added").count() == 1

    def test_refuses_a_wrong_first_code(self, person: User, as_person: PrsClient) -> None:
        offer = ok(as_person.post(f"{MFA}totp/begin/"))
        given = {"setup": offer["setup"], "code": "000000"}
        assert error(as_person.post(f"{MFA}totp/confirm/", given), 400)["errors"][0]["field"] == (
            "/code"
        )
        assert not Authenticator.objects.filter(user=person).exists()

    def test_refuses_a_second_app(self, app: App, person: User, anyone: PrsClient) -> None:
        tokens = sign_in_with(app, person, anyone)
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        answer = anyone.post(f"{MFA}totp/begin/", headers=headers)
        assert error(answer, 409)["code"] == "second_factor_exists"

    def test_refuses_the_offer_that_another_person_got(
        self, as_person: PrsClient, as_sam: PrsClient
    ) -> None:
        offer = ok(as_sam.post(f"{MFA}totp/begin/"))
        code = code_at_step(offer["secret"], step_of(utc_now()))
        given = {"setup": offer["setup"], "code": code}
        assert error(as_person.post(f"{MFA}totp/confirm/", given), 401)["code"] == "token_invalid"

    def test_needs_a_recent_proof(self, person: User, as_person: PrsClient) -> None:
        long_ago = utc_now() - timedelta(minutes=16)
        SignIn.objects.filter(user=person).update(proved_at=long_ago)
        for path in ("totp/begin/", "totp/remove/", "recovery-codes/"):
            assert error(as_person.post(f"{MFA}{path}"), 403)["code"] == "step_up_required"
        given = {"setup": "x", "code": "1"}
        assert error(as_person.post(f"{MFA}totp/confirm/", given), 403)["code"] == (
            "step_up_required"
        )


class TestGivingUp:
    def test_leaves_no_codes_behind(self, app: App, person: User, anyone: PrsClient) -> None:
        tokens = sign_in_with(app, person, anyone)
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        ok(anyone.post(f"{MFA}totp/remove/", headers=headers), 204)
        assert not RecoveryCode.objects.filter(user=person).exists()
        assert EventRecord.objects.filter(name="accounts.second_factor_removed").count() == 1
        assert error(anyone.post(f"{MFA}totp/remove/", headers=headers), 404)
        answer = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        assert answer["status"] == "signed_in"

    def test_is_refused_where_the_role_needs_one(self, vera: User, anyone: PrsClient) -> None:
        tokens = sign_in_with(give_app(vera), vera, anyone)
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        answer = anyone.post(f"{MFA}totp/remove/", headers=headers)
        assert error(answer, 409)["code"] == "second_factor_needed"

    def test_makes_new_recovery_codes_on_demand(
        self, app: App, person: User, anyone: PrsClient
    ) -> None:
        tokens = sign_in_with(app, person, anyone)
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        made = ok(anyone.post(f"{MFA}recovery-codes/", headers=headers), 200)["recovery_codes"]
        assert not set(made) & set(app.recovery_codes)
        first = ok(anyone.post(LOGIN, {"email": person.email, "password": PASSWORD}))
        old = {"challenge": first["challenge"], "recovery_code": app.recovery_codes[0]}
        error(anyone.post(SECOND, old), 401)
        ok(anyone.post(SECOND, {**old, "recovery_code": made[0]}), 200)

    def test_makes_none_without_a_factor(self, as_person: PrsClient) -> None:
        answer = as_person.post(f"{MFA}recovery-codes/")
        assert error(answer, 409)["code"] == "no_second_factor"


class TestStepUp:
    PATH = "/api/auth/step-up/"

    @pytest.fixture(autouse=True)
    def _stale(self, pair: dict[str, str], person: User) -> None:
        SignIn.objects.filter(user=person).update(proved_at=utc_now() - timedelta(hours=1))

    def test_takes_the_password_of_a_person_without_a_factor(
        self, person: User, as_person: PrsClient
    ) -> None:
        error(as_person.post(f"{MFA}totp/begin/"), 403)
        assert ok(as_person.post(self.PATH, {"password": PASSWORD}), 200)["valid_until"]
        ok(as_person.post(f"{MFA}totp/begin/"), 200)
        assert EventRecord.objects.filter(name="accounts.proof_renewed").count() == 1

    def test_refuses_a_wrong_password(self, as_person: PrsClient) -> None:
        assert error(as_person.post(self.PATH, {"password": "wrong"}), 400)["errors"]
        error(as_person.post(f"{MFA}totp/begin/"), 403)

    def test_takes_the_code_and_not_the_password_of_a_person_with_one(
        self, person: User, anyone: PrsClient
    ) -> None:
        app = give_app(person)
        tokens = sign_in_with(app, person, anyone)
        SignIn.objects.filter(user=person).update(proved_at=utc_now() - timedelta(hours=1))
        headers = {"Authorization": f"Bearer {tokens['access']}"}
        error(anyone.post(self.PATH, {"password": PASSWORD}, headers=headers), 400)
        error(anyone.post(f"{MFA}recovery-codes/", headers=headers), 403)
        ok(anyone.post(self.PATH, {"code": app.code()}, headers=headers), 200)
        ok(anyone.post(f"{MFA}recovery-codes/", headers=headers), 200)

    def test_is_stopped_after_so_many_wrong_passwords(
        self, person: User, as_person: PrsClient, settings: Any
    ) -> None:
        settings.SIGN_IN_MAX_FAILURES = 2
        for _ in range(2):
            error(as_person.post(self.PATH, {"password": "wrong"}), 400)
        error(as_person.post(self.PATH, {"password": PASSWORD}), 429)

    @pytest.mark.parametrize("given", [{}, {"password": "a", "code": "b"}])
    def test_asks_for_one_proof(self, given: dict[str, str], as_person: PrsClient) -> None:
        error(as_person.post(self.PATH, given), 400)

"""Readers of the environment: what they return, and the sentence when they cannot."""

from pathlib import Path

import pytest

from config.env import (
    ConfigurationError,
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_secrets,
    env_str,
    env_url,
    parse_database_url,
)


def sentence(call: object) -> str:
    assert callable(call)
    with pytest.raises(ConfigurationError) as caught:
        call()
    assert caught.value.exit_status == 2
    return str(caught.value)


@pytest.fixture
def set_variable(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv("THING", raising=False)
    monkeypatch.delenv("THING_FILE", raising=False)
    return monkeypatch


class TestEnvStr:
    def test_returns_the_text_without_blanks(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", " a b ")
        assert env_str("THING") == "a b"

    @pytest.mark.parametrize("empty", [None, "", "  "])
    def test_takes_empty_for_unset(
        self, set_variable: pytest.MonkeyPatch, empty: str | None
    ) -> None:
        if empty is not None:
            set_variable.setenv("THING", empty)
        assert env_str("THING", default="x") == "x"
        assert sentence(lambda: env_str("THING")) == "THING must be set."

    def test_names_the_choices(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", "c")
        words = sentence(lambda: env_str("THING", choices=("a", "b")))
        assert words == 'THING must be one of a/b (is "c").'


class TestEnvBool:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("true", True), ("Yes", True), ("1", True), ("on", True), ("0", False), ("OFF", False)],
    )
    def test_reads_the_usual_words(
        self, set_variable: pytest.MonkeyPatch, text: str, *, value: bool
    ) -> None:
        set_variable.setenv("THING", text)
        assert env_bool("THING") is value

    def test_returns_the_default_when_unset(self, set_variable: pytest.MonkeyPatch) -> None:
        assert env_bool("THING", default=False) is False
        set_variable.setenv("THING", "")
        assert env_bool("THING", default=True) is True

    def test_refuses_other_words(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", "maybe")
        words = 'THING must be one of true/false (is "maybe").'
        assert sentence(lambda: env_bool("THING", default=True)) == words


class TestEnvInt:
    def test_reads_a_number(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", "-7")
        assert env_int("THING") == -7
        set_variable.delenv("THING")
        assert env_int("THING", default=3) == 3

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("7.5", 'THING must be a whole number (is "7.5").'),
            ("0", "THING must be at least 1 (is 0)."),
            ("70000", "THING must be at most 65535 (is 70000)."),
        ],
    )
    def test_refuses_what_does_not_fit(
        self, set_variable: pytest.MonkeyPatch, text: str, words: str
    ) -> None:
        set_variable.setenv("THING", text)
        assert sentence(lambda: env_int("THING", minimum=1, maximum=65535)) == words


class TestEnvList:
    def test_splits_at_commas(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", " a, b ,,c ")
        assert env_list("THING") == ["a", "b", "c"]
        set_variable.delenv("THING")
        assert env_list("THING", default=["x", "y"]) == ["x", "y"]
        assert env_list("THING", default=[]) == []


class TestEnvSecret:
    def test_reads_the_named_file(self, set_variable: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("s3cret\n")
        set_variable.setenv("THING_FILE", str(tmp_path / "secret"))
        assert env_secret("THING") == "s3cret"

    def test_refuses_both_and_neither(self, set_variable: pytest.MonkeyPatch) -> None:
        assert sentence(lambda: env_secret("THING")) == "THING or THING_FILE must be set."
        set_variable.setenv("THING", "a")
        set_variable.setenv("THING_FILE", "b")
        words = "THING and THING_FILE are both set: keep one of them."
        assert sentence(lambda: env_secret("THING")) == words

    def test_refuses_an_unreadable_or_empty_file(
        self, set_variable: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        set_variable.setenv("THING_FILE", str(tmp_path / "absent"))
        assert "must name a readable file" in sentence(lambda: env_secret("THING", default="x"))
        (tmp_path / "absent").touch()
        assert "that is not empty" in sentence(lambda: env_secret("THING"))


class TestEnvSecrets:
    def test_splits_at_commas_and_may_be_unset(self, set_variable: pytest.MonkeyPatch) -> None:
        assert env_secrets("THING", min_length=4) == []
        set_variable.setenv("THING", "first, second")
        assert env_secrets("THING", min_length=4) == ["first", "second"]

    def test_refuses_a_short_one_without_showing_it(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", "first,abc")
        words = "Each key of THING must have at least 4 characters."
        assert sentence(lambda: env_secrets("THING", min_length=4)) == words


class TestEnvUrl:
    def test_never_repeats_the_password(self, set_variable: pytest.MonkeyPatch) -> None:
        set_variable.setenv("THING", "http://user:hunter2@host/")
        words = sentence(lambda: env_url("THING", schemes=("redis", "rediss")))
        assert words == 'THING must begin with redis:// or rediss:// (is "http://").'

    def test_may_be_empty_by_default(self, set_variable: pytest.MonkeyPatch) -> None:
        assert env_url("THING", default="") == ""
        set_variable.setenv("THING", "redis://host/0")
        assert env_url("THING", schemes=("redis",)) == "redis://host/0"

    @pytest.mark.parametrize("text", ["host", "redis:host"])
    def test_refuses_what_is_no_url(self, set_variable: pytest.MonkeyPatch, text: str) -> None:
        set_variable.setenv("THING", text)
        words = sentence(lambda: env_url("THING", schemes=("redis",)))
        assert words == "THING must be a URL such as redis://host/path."


class TestParseDatabaseUrl:
    def test_decodes_each_part(self) -> None:
        parts = parse_database_url(
            "postgres://a%40b:p%2Fw%3A@db.example:5433/my%20db?sslmode=require&connect_timeout=3"
        )
        assert parts == {
            "NAME": "my db",
            "USER": "a@b",
            "PASSWORD": "p/w:",
            "HOST": "db.example",
            "PORT": "5433",
            "OPTIONS": {"sslmode": "require", "connect_timeout": "3"},
        }

    @pytest.mark.parametrize(
        "url", ["postgresql:///db?host=/run/pg&port=5433", "postgresql://%2Frun%2Fpg:5433/db"]
    )
    def test_takes_a_socket_directory(self, url: str) -> None:
        parts = parse_database_url(url)
        assert (parts["HOST"], parts["PORT"], parts["OPTIONS"]) == ("/run/pg", "5433", {})

    @pytest.mark.parametrize(
        ("url", "words"),
        [
            ("mysql://h/d", 'must begin with postgres:// or postgresql:// (is "mysql://").'),
            ("h/d", "must be a URL such as postgres://host/path."),
            ("postgres://h:99999/d", "must be a URL with a valid host and port."),
            ("postgres://h/", "must name a database after the host."),
            ("postgres://h/d?pgbouncer=true", 'has the unknown option "pgbouncer".'),
            ("postgres://h/d?password=x", 'has "password" as an option; put it before the "?".'),
        ],
    )
    def test_refuses_with_a_sentence(self, url: str, words: str) -> None:
        assert sentence(lambda: parse_database_url(url)) == f"DATABASE_URL {words}"

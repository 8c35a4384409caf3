"""One URL says where mails go."""

import pytest

from config.env import ConfigurationError
from config.mail import mail_settings


def test_mails_are_printed_when_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMAIL_URL", raising=False)
    assert str(mail_settings()["EMAIL_BACKEND"]).endswith("console.EmailBackend")


def test_a_url_names_server_port_person_and_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://u%40x:p%2Fw@mail.example.com")
    settings = mail_settings()
    assert settings["EMAIL_HOST"] == "mail.example.com"
    assert settings["EMAIL_PORT"] == 587
    assert (settings["EMAIL_HOST_USER"], settings["EMAIL_HOST_PASSWORD"]) == ("u@x", "p/w")
    assert (settings["EMAIL_USE_TLS"], settings["EMAIL_USE_SSL"]) == (True, False)


@pytest.mark.parametrize("url", ["http://mail.example.com", "smtp://", "mail.example.com"])
def test_anything_else_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EMAIL_URL", url)
    with pytest.raises(ConfigurationError, match="EMAIL_URL"):
        mail_settings()

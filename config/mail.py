"""Where mails go, from one URL."""

from urllib.parse import unquote, urlsplit

from config.env import ConfigurationError, env_url

SCHEMES = ("smtp", "smtp+tls", "smtp+ssl")
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
_BACKENDS = "django.core.mail.backends"


def mail_settings() -> dict[str, str | int | bool]:
    """Return Django's EMAIL_* settings for EMAIL_URL; unset, mails are printed.

    Raises: ConfigurationError.
    """
    url = env_url("EMAIL_URL", default="", schemes=SCHEMES)
    if not url:
        return {"EMAIL_BACKEND": f"{_BACKENDS}.console.EmailBackend"}
    parts = urlsplit(url)
    if not parts.hostname:
        raise ConfigurationError("EMAIL_URL must name a mail server after smtp://.")
    return {
        "EMAIL_BACKEND": f"{_BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or _PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        "EMAIL_TIMEOUT": 10,
    }

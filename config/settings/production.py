"""Settings behind HTTPS: DEBUG is off, cookies are host-bound and secure."""

from config.env import ConfigurationError
from config.settings.base import *  # noqa: F403
from config.settings.base import DEBUG, PUBLIC_SCHEME

if DEBUG:
    raise ConfigurationError("DEBUG must be false in production.")
if PUBLIC_SCHEME != "https":
    raise ConfigurationError("PUBLIC_SCHEME must be https in production.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True

"""Settings behind HTTPS: DEBUG is off, cookies are host-bound and secure."""

from config.env import ConfigurationError, env_str
from config.settings.base import *  # noqa: F403  an overlay of base
from config.settings.base import DEBUG, PUBLIC_SCHEME

if DEBUG:
    raise ConfigurationError("DEBUG must be false in production.")
if PUBLIC_SCHEME != "https":
    raise ConfigurationError("PUBLIC_SCHEME must be https in production.")
if not env_str("EMAIL_URL", default=""):
    raise ConfigurationError("EMAIL_URL must be set in production: invitations are e-mailed.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True

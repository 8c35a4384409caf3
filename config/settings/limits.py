"""How often somebody may try to sign in, ask for a new password, or sign up."""

from config.env import env_int

SIGN_IN_MAX_FAILURES = env_int("SIGN_IN_MAX_FAILURES", default=10, minimum=1)
SIGN_IN_MAX_FAILURES_PER_ACCOUNT = env_int(
    "SIGN_IN_MAX_FAILURES_PER_ACCOUNT", default=30, minimum=1
)
SIGN_IN_MAX_FAILURES_PER_ADDRESS = env_int(
    "SIGN_IN_MAX_FAILURES_PER_ADDRESS", default=100, minimum=1
)
SIGN_IN_WINDOW_S = 900
SECOND_FACTOR_MAX_FAILURES = env_int("SECOND_FACTOR_MAX_FAILURES", default=5, minimum=1)
PASSWORD_RESETS_PER_ADDRESS = env_int("PASSWORD_RESETS_PER_ADDRESS", default=20, minimum=1)
PASSWORD_RESETS_PER_ACCOUNT = env_int("PASSWORD_RESETS_PER_ACCOUNT", default=3, minimum=1)
SSO_STARTS_PER_ADDRESS = env_int("SSO_STARTS_PER_ADDRESS", default=300, minimum=1)
SIGN_UPS_PER_ADDRESS = env_int("SIGN_UPS_PER_ADDRESS", default=10, minimum=1)
SIGN_UPS_PER_ACCOUNT = env_int("SIGN_UPS_PER_ACCOUNT", default=3, minimum=1)

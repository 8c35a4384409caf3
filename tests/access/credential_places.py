"""Where the product makes, reads and takes credentials: which kind each place is about."""

# A way to say who sends a request -> the kind that it reads.
AUTHENTICATIONS: dict[str, str] = {
    "ApiKeyAuthentication": "API key",
    "TenantJWTAuthentication": "access token",
    "TenantSessionAuthentication": "browser session",
    "EnrolmentAuthentication": "challenge to set up a second factor",
}

# A place that draws a secret -> the kind that it makes, or why it makes none.
SECRETS: dict[str, str] = {
    "accounts/services/api_keys.py": "API key",
    "accounts/services/ws_tickets.py": "socket ticket",
    "invoices/services/linking.py": "invoice link",
    "accounts/totp.py": "none: the secret of an app belongs to a row of its person",
    "accounts/recovery_codes.py": "recovery code",
    "documents/services.py": "none: the name of a stored file, in the organization's own folder",
    "sso/services/sign_in.py": "none: binds a browser to a code of a provider's sign-in",
    "sso/state.py": "none: names its organization inside and opens nothing without the provider",
    "shared_apps/audit/delivery.py": "none: spreads retries over time",
    "shared_apps/platform_admin/sample/passwords.py": "none: passwords of sample people",
    "config/embedded/files.py": "none: passwords of the embedded servers",
    "config/stack/stack.py": "none: keys of the processes",
}

# A place that signs or seals with the product's keys -> the kind that it makes, or why none.
SIGNED: dict[str, str] = {
    "accounts/devices.py": "known device",
    "accounts/services/enrolment.py": "authenticator app being set up",
    "accounts/mfa_adapter.py": "none: a secret in a column",
    "accounts/services/sealed.py": "none: secrets in columns, under the newest key",
    "accounts/services/door.py": "none: a digest in the log",
    "accounts/services/resets.py": "none: a digest in the log",
    "accounts/services/handover.py": "none: what is kept of a browser's secret",
    "accounts/services/sign_in_limits.py": "none: the name of a counter",
    "accounts/tokens.py": "none: binds a token to a password",
    "sso/services/connections.py": "none: a secret in a column",
    "sso/state.py": "none: leads home alone, test_replays.py shows it",
    "shared_apps/organizations/services/hints.py": "none: digests and addresses in columns",
    "shared_apps/organizations/services/sign_up.py": "none: a code of the platform, before all",
    "shared_apps/platform_admin/site/views.py": "none: names a sign-up to the platform alone",
    "shared_apps/web/paging.py": "none: a place in a list, which asks who reads it all the same",
    "shared_apps/web/pages/flash.py": "none: what one's own browser is told next",
}

# An address with a token -> the kind that opens it.
ADDRESSES: dict[str, str] = {
    "/i/<str:token>/": "invoice link",
    "/i/<str:token>/pdf/": "invoice link to the PDF",
}

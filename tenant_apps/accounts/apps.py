from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tenant_apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Make the sign-in schemes known to the API document."""
        import_module("tenant_apps.accounts.api.openapi")

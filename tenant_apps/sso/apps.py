from django.apps import AppConfig


class SsoConfig(AppConfig):
    name = "tenant_apps.sso"
    label = "sso"

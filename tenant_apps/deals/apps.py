from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "tenant_apps.deals"
    label = "deals"

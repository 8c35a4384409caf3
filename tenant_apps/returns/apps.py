from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "tenant_apps.returns"
    label = "returns"

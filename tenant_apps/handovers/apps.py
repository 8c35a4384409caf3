from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "tenant_apps.handovers"
    label = "handovers"

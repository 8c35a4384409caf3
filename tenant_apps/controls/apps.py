from django.apps import AppConfig


class ControlsConfig(AppConfig):
    name = "tenant_apps.controls"
    label = "controls"

from django.apps import AppConfig


class PlantsConfig(AppConfig):
    name = "tests.runner.plants"
    label = "plants"

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "shared_apps.web"
    label = "web"

    def ready(self) -> None:
        """Let the fields of inputs speak to people."""
        from shared_apps.web.field_words import speak_to_people  # noqa: PLC0415  settings first

        speak_to_people()

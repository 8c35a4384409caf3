"""The web process as the browser's tests start it: the product's, static files uncollected."""

from django.conf import settings

settings.WHITENOISE_USE_FINDERS = True

from config.asgi import application  # noqa: E402  after the settings

__all__ = ["application"]

"""Where sockets are served on an organization's host."""

from django.urls import path

from tenant_apps.notifications.consumers import NotificationConsumer

websocket_urlpatterns = [path("ws/notifications/", NotificationConsumer.as_asgi())]

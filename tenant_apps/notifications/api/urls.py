"""Mounted at /api/notifications/."""

from django.urls import path

from tenant_apps.notifications.api.views import NotificationViewSet

urlpatterns = [
    path("", NotificationViewSet.as_view({"get": "list"}), name="notifications"),
    path(
        "unread-count/",
        NotificationViewSet.as_view({"get": "unread"}),
        name="notifications-unread-count",
    ),
    path(
        "read-all/",
        NotificationViewSet.as_view({"post": "read_all"}),
        name="notifications-read-all",
    ),
    path(
        "<int:seq>/read/",
        NotificationViewSet.as_view({"post": "read_one"}),
        name="notification-read",
    ),
]

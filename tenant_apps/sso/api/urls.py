"""Mounted at /api/admin/."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.sso.api.views import ConnectionViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "sso-connections/",
        ConnectionViewSet.as_view({"get": "list", "post": "create"}),
        name="sso-connections",
    ),
    path(
        "sso-connections/<str:pk>/",
        ConnectionViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="sso-connection",
    ),
    path(
        "sso-connections/<str:pk>/test/",
        ConnectionViewSet.as_view({"post": "test"}),
        name="sso-connection-test",
    ),
    path(
        "sso-connections/<str:pk>/enable/",
        ConnectionViewSet.as_view({"post": "enable"}),
        name="sso-connection-enable",
    ),
    path(
        "sso-connections/<str:pk>/disable/",
        ConnectionViewSet.as_view({"post": "disable"}),
        name="sso-connection-disable",
    ),
]

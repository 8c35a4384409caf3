"""Mounted at /api/auth/ beside the sign-in: the API keys of service accounts."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.access.api.key_views import ApiKeyViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "api-keys/",
        ApiKeyViewSet.as_view({"get": "list", "post": "create"}),
        name="api-keys",
    ),
    path("api-keys/<str:pk>/", ApiKeyViewSet.as_view({"get": "retrieve"}), name="api-key"),
    path(
        "api-keys/<str:pk>/rotate/",
        ApiKeyViewSet.as_view({"post": "rotate"}),
        name="api-key-rotate",
    ),
    path(
        "api-keys/<str:pk>/revoke/",
        ApiKeyViewSet.as_view({"post": "revoke"}),
        name="api-key-revoke",
    ),
]

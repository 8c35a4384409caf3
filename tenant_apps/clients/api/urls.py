from django.urls import URLPattern, URLResolver, path

from tenant_apps.clients.api.views import ClientViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ClientViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "<str:reference>/",
        ClientViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]

from django.urls import URLPattern, URLResolver, path

from tenant_apps.projects.api.views import ProjectViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/", ProjectViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "projects/<str:reference>/",
        ProjectViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]

from django.urls import URLPattern, URLResolver, path

from tenant_apps.approvals.api.views import PolicyViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("approval-policies/", PolicyViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "approval-policies/<str:pk>/",
        PolicyViewSet.as_view({"get": "retrieve", "delete": "destroy"}),
    ),
    path("approval-policies/<str:pk>/approve/", PolicyViewSet.as_view({"post": "approve"})),
]

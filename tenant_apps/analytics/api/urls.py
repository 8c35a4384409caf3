from django.urls import URLPattern, URLResolver, path

from tenant_apps.analytics.api.views import DashboardViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("dashboard/", DashboardViewSet.as_view({"get": "retrieve"})),
]

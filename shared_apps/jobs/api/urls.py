from django.urls import URLPattern, URLResolver, path

from shared_apps.jobs.api.views import JobViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", JobViewSet.as_view({"get": "list"})),
]

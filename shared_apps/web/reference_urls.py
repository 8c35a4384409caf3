"""Mounted at /api/reference/."""

from django.urls import path

from shared_apps.web.reference_views import ReferenceViewSet

urlpatterns = [
    path(
        "currencies/",
        ReferenceViewSet.as_view({"get": "currencies"}),
        name="reference-currencies",
    ),
    path(
        "countries/",
        ReferenceViewSet.as_view({"get": "countries"}),
        name="reference-countries",
    ),
    path(
        "time-zones/",
        ReferenceViewSet.as_view({"get": "time_zones"}),
        name="reference-time-zones",
    ),
]

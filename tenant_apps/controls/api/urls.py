"""Mounted at /api/admin/."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.controls.api.views import ControlsViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("controls/", ControlsViewSet.as_view({"get": "retrieve"}), name="controls"),
    path(
        "controls/export/csv/",
        ControlsViewSet.as_view({"get": "export_csv"}),
        name="controls-csv",
    ),
    path(
        "controls/export/json/",
        ControlsViewSet.as_view({"get": "export_json"}),
        name="controls-json",
    ),
]

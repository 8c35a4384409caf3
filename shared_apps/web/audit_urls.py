"""Mounted at /api/admin/."""

from django.urls import path

from shared_apps.web.audit_views import AuditViewSet

urlpatterns = [
    path("audit/", AuditViewSet.as_view({"get": "list"}), name="audit-list"),
    path("audit/<str:pk>/", AuditViewSet.as_view({"get": "retrieve"}), name="audit-detail"),
]

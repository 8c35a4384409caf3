"""Mounted at /api/auth/ beside the routes of accounts."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.documents.api.pictures import OwnPictureViewSet, PictureViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("me/picture/", OwnPictureViewSet.as_view({"post": "create", "delete": "remove"})),
    path("people/<str:pk>/picture/", PictureViewSet.as_view({"get": "retrieve"})),
]

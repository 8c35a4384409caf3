from django.urls import URLPattern, URLResolver, path

from tenant_apps.documents.api.views import FileViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("files/", FileViewSet.as_view({"post": "create"})),
    path("files/<str:pk>/", FileViewSet.as_view({"get": "retrieve"})),
    path("files/<str:pk>/content/", FileViewSet.as_view({"get": "content"})),
]

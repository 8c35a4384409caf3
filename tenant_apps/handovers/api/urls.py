from django.urls import URLPattern, URLResolver, path

from tenant_apps.handovers.api.views import HandOverViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("hand-overs/", HandOverViewSet.as_view({"get": "list", "post": "create"})),
    path("hand-overs/<str:reference>/", HandOverViewSet.as_view({"get": "retrieve"})),
    path("hand-overs/<str:reference>/cancel/", HandOverViewSet.as_view({"post": "cancel"})),
]

from django.urls import URLPattern, URLResolver, path

from tenant_apps.clients.api.contact_log import ContactLogViewSet, NextStepViewSet
from tenant_apps.clients.api.views import ClientViewSet

ACTIONS = {"merge/": "merge", "anonymise/": "anonymise", "restore/": "restore"}

urlpatterns: list[URLPattern | URLResolver] = [
    path("", ClientViewSet.as_view({"get": "list", "post": "create"})),
    path("next-steps/", NextStepViewSet.as_view({"get": "list"})),
    path(
        "<str:reference>/",
        ClientViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
    *(
        path(f"<str:reference>/{end}", ClientViewSet.as_view({"post": action}))
        for end, action in ACTIONS.items()
    ),
    path(
        "<str:reference>/contact-log/",
        ContactLogViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path(
        "<str:reference>/contact-log/<str:entry_id>/done/",
        ContactLogViewSet.as_view({"post": "finish"}),
    ),
]

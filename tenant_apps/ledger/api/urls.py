from django.urls import URLPattern, URLResolver, path

from tenant_apps.ledger.api.views import LedgerViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", LedgerViewSet.as_view({"get": "accounts"})),
    path("entries/", LedgerViewSet.as_view({"get": "entries"})),
    path("entries/<str:pk>/", LedgerViewSet.as_view({"get": "entry"})),
    path("export/csv/", LedgerViewSet.as_view({"get": "export_csv"})),
    path("export/json/", LedgerViewSet.as_view({"get": "export_json"})),
    path("trial-balance/", LedgerViewSet.as_view({"get": "trial_balance"})),
]

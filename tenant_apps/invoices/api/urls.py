from django.urls import URLPattern, URLResolver, path

from tenant_apps.invoices.api.client_accounts import ClientAccountViewSet
from tenant_apps.invoices.api.credit_notes import CreditNoteViewSet
from tenant_apps.invoices.api.deal_activity import DealActivityViewSet
from tenant_apps.invoices.api.views import InvoiceViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/", InvoiceViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "invoices/series/<str:series_type>/<int:year>/certificate/",
        InvoiceViewSet.as_view({"get": "certificate"}),
    ),
    path("invoices/<str:reference>/", InvoiceViewSet.as_view({"get": "retrieve"})),
    path("invoices/<str:reference>/issue/", InvoiceViewSet.as_view({"post": "issue"})),
    path("invoices/<str:reference>/pdf/", InvoiceViewSet.as_view({"get": "pdf"})),
    path("invoices/<str:reference>/credit/", CreditNoteViewSet.as_view({"post": "create"})),
    path("credit-notes/", CreditNoteViewSet.as_view({"get": "list"})),
    path("credit-notes/<str:reference>/", CreditNoteViewSet.as_view({"get": "retrieve"})),
    path("credit-notes/<str:reference>/pdf/", CreditNoteViewSet.as_view({"get": "pdf"})),
    path("deals/<str:reference>/invoices/", InvoiceViewSet.as_view({"get": "of_deal"})),
    path(
        "deals/<str:reference>/activity/",
        DealActivityViewSet.as_view({"get": "list", "post": "create"}),
    ),
    path("clients/account-status/", ClientAccountViewSet.as_view({"get": "list"})),
    *(
        path(f"clients/<str:reference>/{what}/", ClientAccountViewSet.as_view({"get": what}))
        for what in ("account", "statement", "activity")
    ),
]

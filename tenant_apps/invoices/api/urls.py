from django.urls import URLPattern, URLResolver, path

from tenant_apps.invoices.api.aging import AgingViewSet
from tenant_apps.invoices.api.client_accounts import ClientAccountViewSet
from tenant_apps.invoices.api.credit_notes import CreditNoteViewSet
from tenant_apps.invoices.api.deal_activity import DealActivityViewSet
from tenant_apps.invoices.api.sending import SendingViewSet
from tenant_apps.invoices.api.views import InvoiceViewSet

urlpatterns: list[URLPattern | URLResolver] = [
    path("invoices/", InvoiceViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "invoices/series/<str:series_type>/<int:year>/certificate/",
        InvoiceViewSet.as_view({"get": "certificate"}),
    ),
    path(
        "invoices/series/<str:series_type>/<int:year>/export/",
        AgingViewSet.as_view({"get": "export"}),
    ),
    path("invoices/aging/", AgingViewSet.as_view({"get": "list"})),
    path("invoices/aging/totals/", AgingViewSet.as_view({"get": "totals"})),
    path("invoices/mail-bounces/", SendingViewSet.as_view({"post": "bounce"})),
    path("invoices/<str:reference>/", InvoiceViewSet.as_view({"get": "retrieve"})),
    path("invoices/<str:reference>/issue/", InvoiceViewSet.as_view({"post": "issue"})),
    path("invoices/reminders/preview/", SendingViewSet.as_view({"get": "preview"})),
    path("invoices/<str:reference>/send/", SendingViewSet.as_view({"post": "create"})),
    path("invoices/<str:reference>/mails/", SendingViewSet.as_view({"get": "list"})),
    path("invoices/<str:reference>/remind/", SendingViewSet.as_view({"post": "remind"})),
    path("invoices/<str:reference>/pause-reminders/", SendingViewSet.as_view({"post": "pause"})),
    path("invoices/<str:reference>/resume-reminders/", SendingViewSet.as_view({"post": "resume"})),
    path(
        "invoices/<str:reference>/links/",
        SendingViewSet.as_view({"get": "links", "post": "link"}),
    ),
    path(
        "invoices/<str:reference>/links/<str:link>/revoke/",
        SendingViewSet.as_view({"post": "revoke"}),
    ),
    path(
        "invoices/<str:reference>/apply-credit/",
        InvoiceViewSet.as_view({"post": "apply_credit"}),
    ),
    path(
        "invoices/<str:reference>/uncollectible/",
        InvoiceViewSet.as_view({"post": "uncollectible"}),
    ),
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
    path(
        "clients/<str:reference>/pause-reminders/",
        SendingViewSet.as_view({"post": "pause_client"}),
    ),
    path(
        "clients/<str:reference>/resume-reminders/",
        SendingViewSet.as_view({"post": "resume_client"}),
    ),
    path("clients/account-status/", ClientAccountViewSet.as_view({"get": "list"})),
    *(
        path(f"clients/<str:reference>/{what}/", ClientAccountViewSet.as_view({"get": what}))
        for what in ("account", "statement", "activity")
    ),
]

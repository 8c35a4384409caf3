"""The portal, mounted at the root of an organization's host; what no room has ends in a page."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from tenant_apps.portal.administration import ADMINISTRATION
from tenant_apps.portal.pages import NoSuchPage
from tenant_apps.portal.views import (
    account,
    clients,
    commissions,
    dashboard,
    deal_forms,
    deals,
    discounts,
    inbox,
    invoices,
    payments,
    pictures,
    preferences,
    queue,
    search,
    sign_in,
    styleguide,
)

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.Home.as_view(), name="home"),
    path("sign-in/", sign_in.SignInPage.as_view(), name="sign_in"),
    path("sign-in/provider/", sign_in.ArrivalPage.as_view(), name="sign_in_arrival"),
    path("sign-in/provider/<slug:code>/", sign_in.ProviderPage.as_view(), name="sign_in_provider"),
    path("sign-in/password/", sign_in.RequiredPasswordPage.as_view(), name="sign_in_password"),
    path("sign-in/code/", sign_in.CodePage.as_view(), name="sign_in_code"),
    path("sign-in/second-factor/", sign_in.SetupPage.as_view(), name="sign_in_setup"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("preferences/", preferences.Preferences.as_view(), name="preferences"),
    path("account/", account.Account.as_view(), name="account"),
    path("account/picture/", pictures.OwnPicture.as_view(), name="own_picture"),
    path(
        "account/picture/remove/",
        pictures.RemoveOwnPicture.as_view(),
        name="own_picture_remove",
    ),
    path("people/<str:person>/picture/", pictures.Picture.as_view(), name="picture"),
    path("account/password/", account.Password.as_view(), name="account_password"),
    path("notifications/", inbox.Inbox.as_view(), name="inbox"),
    path("notifications/menu/", inbox.InboxMenu.as_view(), name="inbox_menu"),
    path("notifications/read/", inbox.ReadAll.as_view(), name="inbox_read"),
    path("notifications/<int:seq>/", inbox.OpenMessage.as_view(), name="message"),
    path("dashboard/", dashboard.Dashboard.as_view(), name="dashboard"),
    path("clients/", clients.ClientList.as_view(), name="clients"),
    path("clients/new/", clients.NewClient.as_view(), name="client_new"),
    path("clients/<str:reference>/", clients.ClientDetail.as_view(), name="client"),
    path("clients/<str:reference>/edit/", clients.EditClient.as_view(), name="client_edit"),
    path("clients/<str:reference>/contacts/", clients.LogContact.as_view(), name="contact_new"),
    path(
        "clients/<str:reference>/contacts/<str:entry>/done/",
        clients.FinishStep.as_view(),
        name="contact_done",
    ),
    path("deals/", deals.DealList.as_view(), name="deals"),
    path("deals/new/", deal_forms.NewDeal.as_view(), name="deal_new"),
    path("deals/<str:reference>/", deals.DealDetail.as_view(), name="deal"),
    path("deals/<str:reference>/edit/", deal_forms.EditDeal.as_view(), name="deal_edit"),
    path("deals/<str:reference>/amend/", deal_forms.AmendDeal.as_view(), name="deal_amend"),
    path(
        "deals/<str:reference>/discount/", discounts.AskForDiscount.as_view(), name="deal_discount"
    ),
    path("discounts/<str:pk>/", discounts.DecideDiscount.as_view(), name="discount"),
    path("deals/<str:reference>/notes/", deals.DealNote.as_view(), name="deal_note"),
    path("deals/<str:reference>/move/<str:move>/", deals.DealMove.as_view(), name="deal_move"),
    path("payments/", payments.PaymentList.as_view(), name="payments"),
    path("payments/new/", payments.NewPayment.as_view(), name="payment_new"),
    path("payments/<str:reference>/", payments.PaymentDetail.as_view(), name="payment"),
    path("payments/<str:reference>/edit/", payments.EditPayment.as_view(), name="payment_edit"),
    path(
        "payments/<str:reference>/move/<str:move>/",
        payments.PaymentMove.as_view(),
        name="payment_move",
    ),
    path("payments/<str:reference>/proofs/<str:file>/", payments.Proof.as_view(), name="proof"),
    path("queue/", queue.Queue.as_view(), name="queue"),
    path("queue/<str:reference>/", queue.Review.as_view(), name="review"),
    path("queue/<str:reference>/<str:verdict>/", queue.Decide.as_view(), name="decide"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/<str:reference>/", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<str:reference>/pdf/", invoices.InvoicePdf.as_view(), name="invoice_pdf"),
    path("invoices/<str:reference>/issue/", invoices.IssueInvoice.as_view(), name="invoice_issue"),
    path("commissions/", commissions.LineList.as_view(), name="commissions"),
    path("commissions/lines/<str:line>/", commissions.LineDetail.as_view(), name="line"),
    path("search/", search.Search.as_view(), name="search"),
    *ADMINISTRATION,
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.Styleguide.as_view(), name="styleguide"))
urlpatterns.append(path("<path:path>", NoSuchPage.as_view(), name="nothing"))

"""The portal, mounted at the root of an organization's host; what no room has ends in a page."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from tenant_apps.portal.administration import ADMINISTRATION
from tenant_apps.portal.pages import NoSuchPage
from tenant_apps.portal.return_acts import NAMES
from tenant_apps.portal.views import (
    account,
    applying,
    clients,
    commissions,
    credit_notes,
    dashboard,
    deal_forms,
    deals,
    discounts,
    handovers,
    inbox,
    invoices,
    links,
    passkeys,
    payments,
    pictures,
    preferences,
    proofs,
    queue,
    return_requests,
    returns,
    search,
    security,
    sign_in,
    styleguide,
    visits,
    welcome,
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
    path("sign-in/passkey/", sign_in.PasskeyPage.as_view(), name="sign_in_passkey"),
    path("sign-in/forgotten/", links.ForgottenPassword.as_view(), name="forgotten"),
    path("password/reset/", links.NewPassword.as_view(), name="new_password"),
    path("invitations/accept/", links.Invitation.as_view(), name="invitation"),
    path("welcome/", welcome.Welcome.as_view(), name="welcome"),
    path("visit/", visits.Visit.as_view(), name="visit"),
    path("visit/end/", visits.EndVisit.as_view(), name="visit_end"),
    path("operator-visits/", visits.VisitList.as_view(), name="visits"),
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
    path("account/confirm/", security.Confirm.as_view(), name="confirm"),
    path("account/security/", security.Security.as_view(), name="security"),
    path("account/security/app/", security.NewApp.as_view(), name="app_new"),
    path("account/security/app/remove/", security.RemoveApp.as_view(), name="app_remove"),
    path("account/security/codes/", security.NewCodes.as_view(), name="codes_new"),
    path("account/passkeys/new/", passkeys.NewPasskey.as_view(), name="passkey_new"),
    path(
        "account/passkeys/<int:passkey>/rename/",
        passkeys.RenamePasskey.as_view(),
        name="passkey_rename",
    ),
    path(
        "account/passkeys/<int:passkey>/remove/",
        passkeys.RemovePasskey.as_view(),
        name="passkey_remove",
    ),
    path("account/sessions/end-others/", security.EndOtherSignIns.as_view(), name="others_end"),
    path("account/sessions/<str:sign_in>/end/", security.EndSignIn.as_view(), name="session_end"),
    path("notifications/", inbox.Inbox.as_view(), name="inbox"),
    path("notifications/menu/", inbox.InboxMenu.as_view(), name="inbox_menu"),
    path("notifications/read/", inbox.ReadAll.as_view(), name="inbox_read"),
    path("notifications/<int:seq>/text/", inbox.MessageText.as_view(), name="message_text"),
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
    path("hand-overs/", handovers.HandOvers.as_view(), name="hand_overs"),
    path(
        "hand-overs/<str:reference>/cancel/",
        handovers.CancelHandOver.as_view(),
        name="hand_over_cancel",
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
    path("payments/<str:reference>/proofs/<str:file>/", proofs.Proof.as_view(), name="proof"),
    path(
        "payments/<str:reference>/proofs/<str:file>/pages/",
        proofs.ProofPictures.as_view(),
        name="proof_pages",
    ),
    path(
        "payments/<str:reference>/proofs/<str:file>/pages/<int:number>/",
        proofs.ProofPicture.as_view(),
        name="proof_page",
    ),
    path("payments/<str:reference>/apply/", applying.ApplyCredit.as_view(), name="payment_apply"),
    path(
        "payments/<str:reference>/return/<str:kind>/",
        return_requests.RequestReturn.as_view(),
        name="return_new",
    ),
    path(
        "deals/<str:reference>/write-off/",
        return_requests.RequestWriteOff.as_view(),
        name="write_off_new",
    ),
    path("returns/", returns.ReturnList.as_view(), name="returns"),
    path("returns/<str:reference>/", returns.ReturnDetail.as_view(), name="return"),
    *(
        path(f"returns/<str:reference>/{act}/", returns.view_of(act), name=f"return_{act}")
        for act in NAMES
    ),
    path("queue/", queue.Queue.as_view(), name="queue"),
    path("queue/<str:reference>/", queue.Review.as_view(), name="review"),
    path("queue/<str:reference>/claim/", queue.Claim.as_view(), name="claim"),
    path("queue/<str:reference>/give-back/", queue.GiveBack.as_view(), name="give_back"),
    path("queue/<str:reference>/<str:verdict>/", queue.Decide.as_view(), name="decide"),
    path("invoices/", invoices.InvoiceList.as_view(), name="invoices"),
    path("invoices/<str:reference>/", invoices.InvoiceDetail.as_view(), name="invoice"),
    path("invoices/<str:reference>/pdf/", invoices.InvoicePdf.as_view(), name="invoice_pdf"),
    path("invoices/<str:reference>/issue/", invoices.IssueInvoice.as_view(), name="invoice_issue"),
    path("invoices/<str:reference>/credit/", credit_notes.Credit.as_view(), name="credit_new"),
    path("credit-notes/", credit_notes.CreditNoteList.as_view(), name="credit_notes"),
    path(
        "credit-notes/<str:reference>/", credit_notes.CreditNoteDetail.as_view(), name="credit_note"
    ),
    path(
        "credit-notes/<str:reference>/pdf/",
        credit_notes.CreditNotePdf.as_view(),
        name="credit_note_pdf",
    ),
    path("commissions/", commissions.LineList.as_view(), name="commissions"),
    path("commissions/lines/<str:line>/", commissions.LineDetail.as_view(), name="line"),
    path("search/", search.Search.as_view(), name="search"),
    *ADMINISTRATION,
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.Styleguide.as_view(), name="styleguide"))
urlpatterns.append(path("<path:path>", NoSuchPage.as_view(), name="nothing"))

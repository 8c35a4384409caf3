"""The public pages: what it is, and the way from a wish to an organization that one owns."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from shared_apps.audit.request import current_request_info
from shared_apps.kernel.errors import Gathering, ValidationFailed
from shared_apps.organizations.selectors import (
    find_sign_up,
    get_organization,
    get_tenant,
    is_slug_free,
)
from shared_apps.organizations.services import (
    FirstOwner,
    NewOrganization,
    SignUpWish,
    SlugTaken,
    check_new_organization,
    start_sign_up,
    verify_sign_up,
)
from shared_apps.platform_admin.addresses import address_of
from shared_apps.platform_admin.site.pages import SitePage
from shared_apps.platform_admin.slugs import why_not
from shared_apps.tenancy.context import use_tenant
from shared_apps.web.errors import Throttled
from shared_apps.web.pages.form import Form, attempt, read_form
from shared_apps.web.pages.language import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from shared_apps.web.reference import currency_choices, list_time_zones
from tenant_apps.accounts.selectors import find_person_by_email
from tenant_apps.accounts.services import make_invitation_token
from tenant_apps.accounts.services.sign_in_limits import budgets_of_sign_up, count_attempt

if TYPE_CHECKING:
    from shared_apps.organizations.models import SignUp

A_YEAR_S = 365 * 24 * 3600
COOKIE, SALT, LASTS_S = "prs_sign_up", "platform.sign_up", 24 * 3600
FIELDS = ("name", "slug", "first_name", "last_name", "email", "currency", "timezone")


class Home(SitePage):
    """What it is."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the page."""
        return self.show("home.html")


class Look(SitePage):
    """Theme and language of this browser."""

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep the choice and lead back: to the page of this host that the console names."""
        chosen = request.POST
        back = chosen.get("next", "")
        is_here = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        response = self.go(back if is_here else reverse("site:home"))
        if chosen.get("theme") in THEMES:
            self._remember(response, THEME_COOKIE, str(chosen["theme"]))
        if chosen.get("language") in dict(settings.LANGUAGES):
            self._remember(response, LANGUAGE_COOKIE, str(chosen["language"]))
        return response

    def _remember(self, response: HttpResponseBase, name: str, value: str) -> None:
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie(name, value, max_age=A_YEAR_S, secure=secure, samesite="Lax")


class SignUpPage(SitePage):
    """The wish: a name, a subdomain, who asks."""

    def get(self, _request: HttpRequest) -> HttpResponseBase:
        """Show the form."""
        return self._ask(Form(typed={"currency": "EUR", "timezone": "Europe/Berlin"}))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Write the wish down and ask for the code that is mailed."""
        form = read_form(request.POST)
        form.typed = {name: str(form.value(f"/{name}")).strip() for name in FIELDS}
        form.typed["slug"] = form.typed["slug"].lower()
        made = attempt(form, partial(self._start, form))
        if made is None:
            return self._ask(form, status=400)
        response = self.go(reverse("site:code"))
        keep_sign_up(response, made.pk)
        return response

    def _start(self, form: Form) -> "SignUp":
        typed = form.typed
        new = NewOrganization(
            **{name: typed[name] for name in ("slug", "name", "currency", "timezone")}
        )
        owner = FirstOwner(**{name: typed[name] for name in ("email", "first_name", "last_name")})
        together = Gathering()
        with together.part():
            check_new_organization(new, owner=owner)
        with together.part():
            if not is_slug_free(new.slug):
                raise at_slug(SlugTaken())
        together.refuse()
        refuse_too_many(typed["email"], self)  # what is mistyped sends nothing, so it is free
        wish = SignUpWish(organization=new, owner=owner, locale=get_language() or "en")
        try:
            return start_sign_up(wish=wish, at=self.at)
        except SlugTaken as taken:
            raise at_slug(taken) from None

    def _ask(self, form: Form, *, status: int = 200) -> HttpResponseBase:
        more = {
            "currencies": currency_choices(),
            "zones": [(each.name, each.name) for each in list_time_zones(at=self.at)],
            "domain": f".{settings.BASE_DOMAIN}",
            "slug_errors": form.errors("/slug"),
        }
        return self.show("sign_up.html", form=form, status=status, **more)


class SlugCheck(SitePage):
    """Whether a subdomain can be had, while it is typed."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Say yes, or why not."""
        slug = request.GET.get("slug", "").strip().lower()
        return self.show("slug_check.html", slug=slug, reason=why_not(slug) if slug else "")


class CodePage(SitePage):
    """The code that proves the address."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the code; without a sign-up lead to its beginning."""
        row = sign_up_of(request)
        if row is None:
            return self.go(reverse("site:sign_up"))
        return self.show("code.html", form=Form(), email=row.email)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Take the code, and have the organization founded."""
        row = sign_up_of(request)
        if row is None:
            return self.go(reverse("site:sign_up"))
        form = read_form(request.POST)
        code = str(form.typed.pop("code", ""))
        take = partial(verify_sign_up, sign_up_id=row.pk, code=code, at=self.at)
        if attempt(form, take) is None:
            return self.show("code.html", form=form, email=row.email, status=400)
        return self.go(reverse("site:progress"))


class Progress(SitePage):
    """How far the founding is; the page asks again every second."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Show the steps; once it answers, lead there."""
        row = sign_up_of(request)
        if row is None or row.organization_id is None:
            return self.go(reverse("site:sign_up"))
        organization = get_organization(row.organization_id)
        is_part = request.headers.get("HX-Request") == "true"
        response = self.show(
            "steps.html" if is_part else "progress.html",
            organization=organization,
            status_is=organization.status,
            is_ready=organization.is_routable,
        )
        if is_part and organization.is_routable:
            response["HX-Redirect"] = reverse("site:enter")
        return response


class Enter(SitePage):
    """The step over to the organization's own host."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Lead the owner to the first password; whoever has one, to the door."""
        row = sign_up_of(request)
        if row is None or row.organization_id is None:
            return self.go(reverse("site:sign_up"))
        tenant = get_tenant(row.organization_id)
        if not tenant.is_routable:
            return self.go(reverse("site:progress"))
        with use_tenant(tenant):
            owner = find_person_by_email(row.email)
            is_new = owner is not None and not owner.has_usable_password()
            token = make_invitation_token(owner) if owner is not None and is_new else ""
        # the other host does not know the cookie of this one
        welcome = f"welcome/?token={token}&language={get_language()}"
        end = welcome if token else "sign-in/"
        return HttpResponseRedirect(f"{address_of(tenant)}{end}")


def keep_sign_up(response: HttpResponseBase, sign_up_id: UUID) -> None:
    """Let this browser, and no other, go on with a sign-up."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(sign_up_id), salt=SALT),
        max_age=LASTS_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def sign_up_of(request: HttpRequest) -> "SignUp | None":
    """Return the sign-up that this browser began."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=LASTS_S)
    except signing.BadSignature:
        return None
    return find_sign_up(UUID(kept))


def refuse_too_many(email: str, page: SitePage) -> None:
    """Count a sign-up of this network address and account. Raises: Throttled."""
    budgets = budgets_of_sign_up(ip=current_request_info().ip, email=email)
    count = count_attempt(budgets, at=page.at)
    if count.is_too_many:
        raise Throttled(headers={"Retry-After": str(count.retry_after_s)})


def at_slug(taken: SlugTaken) -> ValidationFailed:
    """Return the refusal at its field."""
    return ValidationFailed.at("/slug", taken.detail, code=taken.code)

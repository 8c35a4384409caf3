"""The public pages, mounted at the root of the platform's host."""

from django.urls import URLPattern, URLResolver, path

from shared_apps.platform_admin.site import finding, views

app_name = "site"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.Home.as_view(), name="home"),
    path("look/", views.Look.as_view(), name="look"),
    path("find/", finding.Find.as_view(), name="find"),
    path("signup/", views.SignUpPage.as_view(), name="sign_up"),
    path("signup/check/", views.SlugCheck.as_view(), name="slug_check"),
    path("signup/code/", views.CodePage.as_view(), name="code"),
    path("signup/progress/", views.Progress.as_view(), name="progress"),
    path("signup/enter/", views.Enter.as_view(), name="enter"),
]

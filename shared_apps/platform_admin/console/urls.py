"""The console's own pages, mounted at /console/ of the platform's host before Django's."""

from django.urls import URLPattern, URLResolver, path

from shared_apps.platform_admin.console import administrators, life, operation, people, visits
from shared_apps.platform_admin.console.records import register_records
from shared_apps.platform_admin.console.site import console_page, site

app_name = "console"

register_records()

_ORGANIZATION = "organizations/organization/<uuid:pk>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("organizations/organization/new/", console_page(life.found), name="found"),
    path(f"{_ORGANIZATION}/step/<str:name>/", console_page(life.take_step), name="step"),
    path(f"{_ORGANIZATION}/hosts/new/", console_page(life.add_host), name="add_host"),
    path(f"{_ORGANIZATION}/act-as/", console_page(visits.act_as), name="act_as"),
    path(
        f"{_ORGANIZATION}/hosts/<str:host>/<str:step>/",
        console_page(life.change_host),
        name="change_host",
    ),
    path("administrators/", console_page(administrators.administrators), name="administrators"),
    path("dead-letters/", console_page(operation.dead_letters), name="dead_letters"),
    path(
        "dead-letters/<str:slug>/", console_page(operation.dead_letters_of), name="dead_letters_of"
    ),
    path(
        "dead-letters/<str:slug>/replay/", console_page(operation.replay_letter), name="replay_all"
    ),
    path(
        "dead-letters/<str:slug>/<str:pk>/replay/",
        console_page(operation.replay_letter),
        name="replay",
    ),
    path("jobs/", console_page(operation.jobs), name="jobs"),
    path("accounts/user/new/", console_page(people.add_operator), name="add_operator"),
    path(
        "accounts/user/<uuid:pk>/step/<str:step>/",
        console_page(people.change_operator),
        name="change_operator",
    ),
]

SITE = site.urls

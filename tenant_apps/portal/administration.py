"""The addresses of the rooms for those who administer the organization."""

from django.urls import URLPattern, path

from tenant_apps.portal.views import (
    audit,
    catalog,
    catalog_moves,
    controls,
    keys,
    people,
    person,
    policies,
    role_forms,
    roles,
    settings,
    sso,
    taxes,
    teams,
)

PEOPLE: list[URLPattern] = [
    path("people/", people.PeopleList.as_view(), name="people"),
    path("people/invite/", people.Invite.as_view(), name="person_invite"),
    path(
        "people/resets/<str:reset>/approve/",
        person.ApproveReset.as_view(),
        name="reset_approve",
    ),
    path(
        "people/resets/<str:reset>/decline/",
        person.DeclineReset.as_view(),
        name="reset_decline",
    ),
    path("people/<str:person>/", person.PersonDetail.as_view(), name="person"),
    path("people/<str:person>/edit/", person.EditPerson.as_view(), name="person_edit"),
    path("people/<str:person>/roles/", person.PersonRoles.as_view(), name="person_roles"),
    path("people/<str:person>/reset/", person.AskForReset.as_view(), name="person_reset"),
    path("people/<str:person>/move/<str:move>/", person.PersonMove.as_view(), name="person_move"),
]
TEAMS: list[URLPattern] = [
    path("teams/", teams.TeamList.as_view(), name="teams"),
    path("teams/new/", teams.NewTeam.as_view(), name="team_new"),
    path("teams/<str:team>/", teams.TeamDetail.as_view(), name="team"),
    path("teams/<str:team>/edit/", teams.EditTeam.as_view(), name="team_edit"),
    path("teams/<str:team>/archive/", teams.ArchiveTeam.as_view(), name="team_archive"),
    path("teams/<str:team>/members/", teams.AddMember.as_view(), name="member_new"),
    path(
        "teams/<str:team>/members/<str:person>/end/",
        teams.RemoveMember.as_view(),
        name="member_end",
    ),
]
SETTINGS: list[URLPattern] = [
    path("settings/", settings.SettingsHome.as_view(), name="settings"),
    path("settings/logo/", settings.Logo.as_view(), name="logo"),
    path("settings/sign-in/", settings.SignInPolicyPage.as_view(), name="sign_in_policy"),
    path("settings/sign-in/everyone/", settings.SignEveryoneOut.as_view(), name="everyone_out"),
    path("settings/policies/", policies.PolicyList.as_view(), name="policies"),
    path("settings/policies/new/", policies.NewPolicy.as_view(), name="policy_new"),
    path(
        "settings/policies/<str:policy>/approve/",
        policies.ApprovePolicy.as_view(),
        name="policy_approve",
    ),
    path(
        "settings/policies/<str:policy>/retire/",
        policies.RetirePolicy.as_view(),
        name="policy_retire",
    ),
    path("settings/products/", catalog.Products.as_view(), name="products"),
    path("settings/products/new/", catalog.NewProductPage.as_view(), name="product_new"),
    path("settings/products/<str:row>/edit/", catalog.EditProduct.as_view(), name="product_edit"),
    path(
        "settings/products/<str:row>/archive/",
        catalog_moves.PutProductAway.as_view(),
        name="product_archive",
    ),
    path(
        "settings/products/<str:row>/restore/",
        catalog_moves.PutProductBack.as_view(),
        name="product_restore",
    ),
    path("settings/stages/", catalog.Stages.as_view(), name="stages"),
    path("settings/stages/new/", catalog.NewStagePage.as_view(), name="stage_new"),
    path("settings/stages/<str:row>/edit/", catalog.EditStage.as_view(), name="stage_edit"),
    path(
        "settings/stages/<str:row>/archive/",
        catalog_moves.PutStageAway.as_view(),
        name="stage_archive",
    ),
    path(
        "settings/stages/<str:row>/restore/",
        catalog_moves.PutStageBack.as_view(),
        name="stage_restore",
    ),
    path("settings/taxes/", taxes.TaxRates.as_view(), name="taxes"),
    path("settings/taxes/new/", taxes.NewTaxRate.as_view(), name="tax_new"),
    path("settings/taxes/<str:rate>/edit/", taxes.EditTaxRate.as_view(), name="tax_edit"),
    path("settings/sso/", sso.ConnectionList.as_view(), name="sso"),
    path("settings/sso/new/", sso.NewConnectionPage.as_view(), name="sso_new"),
    path("settings/sso/<str:connection>/", sso.EditConnection.as_view(), name="sso_edit"),
    path("settings/sso/<str:connection>/test/", sso.TestConnection.as_view(), name="sso_test"),
    path(
        "settings/sso/<str:connection>/move/<str:move>/",
        sso.ConnectionMove.as_view(),
        name="sso_move",
    ),
    path("settings/<str:part>/", settings.SettingsPart.as_view(), name="settings_part"),
]
KEYS: list[URLPattern] = [
    path("keys/", keys.KeyList.as_view(), name="keys"),
    path("keys/new/", keys.NewKey.as_view(), name="key_new"),
    path("keys/programs/new/", keys.NewProgram.as_view(), name="program_new"),
    path(
        "keys/programs/<str:program>/move/<str:move>/",
        keys.ProgramMove.as_view(),
        name="program_move",
    ),
    path("keys/<str:key>/rotate/", keys.RotateKey.as_view(), name="key_rotate"),
    path("keys/<str:key>/revoke/", keys.RevokeKey.as_view(), name="key_revoke"),
]
ROLES: list[URLPattern] = [
    path("roles/", roles.RoleMatrix.as_view(), name="roles"),
    path("roles/own/new/", role_forms.NewRole.as_view(), name="role_new"),
    path("roles/<slug:code>/", roles.RoleDetail.as_view(), name="role"),
    path("roles/<slug:code>/edit/", role_forms.EditRole.as_view(), name="role_edit"),
    path("roles/<slug:code>/archive/", role_forms.ArchiveRole.as_view(), name="role_archive"),
]
ADMINISTRATION: list[URLPattern] = [
    *PEOPLE,
    *TEAMS,
    *SETTINGS,
    *ROLES,
    *KEYS,
    path("controls/", controls.Controls.as_view(), name="controls"),
    path("controls/export/<str:suffix>/", controls.ControlsFile.as_view(), name="controls_file"),
    path("audit/", audit.AuditLog.as_view(), name="audit"),
    path("audit/<str:event>/", audit.AuditEvent.as_view(), name="audit_event"),
]

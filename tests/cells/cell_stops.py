"""What stops a role that holds the permission, and is no question of its rights: endpoint -> code
-> the places at which it does.

Whatever else a role is refused fails; a line that stops nothing any more fails too.
"""

from tests.cells.four_places import Place

BUSINESS = "/api/business"
Places = tuple[Place | None, ...]

ANY: Places = tuple(Place)
OWN: Places = (Place.OWN,)
NOT_OWN: Places = (Place.TEAM, Place.PEERS, Place.OTHERS)
NONE: Places = (None,)

# The object is in another state than the endpoint asks for; its app's own tests show the right one.
STATES: dict[str, tuple[str, Places]] = {
    "DELETE /api/business/approval-policies/<str:pk>/": ("last_policy_kept", ANY),
    "DELETE /api/business/deals/<str:reference>/": ("deal_not_draft", ANY),
    "PATCH /api/business/commissions/plan-versions/<str:pk>/": ("plan_version_not_draft", ANY),
    "POST /api/admin/service-accounts/<str:pk>/reactivate/": ("person_wrong_status", ANY),
    "POST /api/admin/users/<str:pk>/invite/": ("person_wrong_status", ANY),
    "POST /api/admin/users/<str:pk>/reactivate/": ("person_wrong_status", ANY),
    "POST /api/admin/users/<str:pk>/revoke/": ("person_wrong_status", ANY),
    "POST /api/auth/mfa/recovery-codes/": ("no_second_factor", NONE),
    "POST /api/auth/mfa/totp/remove/": ("not_found", NONE),
    "DELETE /api/auth/passkeys/<int:pk>/": ("not_found", NONE),
    "POST /api/notifications/<int:seq>/read/": ("not_found", NONE),
    f"POST {BUSINESS}/hand-overs/": ("hand_over_already_planned", NONE),
    f"POST {BUSINESS}/invoices/mail-bounces/": ("not_found", NONE),  # of a mail that nobody sent
    **{
        f"GET {BUSINESS}/invoices/series/<str:series_type>/<int:year>/{what}/": ("not_found", NONE)
        for what in ("certificate", "export")  # of a year in which there was nothing
    },
    **{
        f"POST {BUSINESS}/{path}/": (code, ANY)
        for path, code in (
            ("approval-policies/<str:pk>/approve", "policy_not_proposed"),
            ("clients/<str:reference>/anonymise", "client_has_balance"),
            ("clients/<str:reference>/merge", "same_client"),
            ("clients/<str:reference>/resume-reminders", "reminders_not_paused"),
            ("commissions/plan-versions/<str:pk>/approve", "plan_version_not_in_review"),
            ("commissions/plan-versions/<str:pk>/submit", "plan_version_not_draft"),
            ("deals/<str:reference>/cancel", "deal_in_review"),
            ("deals/<str:reference>/submit", "deal_not_draft"),
            ("invoices/<str:reference>/apply-credit", "nothing_to_apply"),
            ("invoices/<str:reference>/issue", "invoice_already_issued"),
            ("invoices/<str:reference>/resume-reminders", "reminders_not_paused"),
            ("payments/<str:reference>/release", "review_not_held"),
            ("payments/<str:reference>/unassign", "review_not_held"),
            ("refunds/<str:reference>/failed", "refund_not_approved"),
            ("refunds/<str:reference>/sent", "refund_not_approved"),
            ("write-offs/<str:reference>/recover", "write_off_not_posted"),
        )
    },
}

# What asks for a browser's form, an authenticator or a provider, or is read before all else.
BODIES: dict[str, tuple[str, Places]] = {
    "POST /api/admin/sso-connections/": ("validation_error", NONE),
    "POST /api/admin/sso-connections/<str:pk>/enable/": ("sso_provider_failed", ANY),
    "POST /api/auth/me/picture/": ("unsupported_media_type", NONE),
    "POST /api/auth/mfa/totp/confirm/": ("validation_error", NONE),
    "POST /api/auth/passkeys/": ("validation_error", NONE),
    "POST /api/auth/passkeys/<int:pk>/rename/": ("validation_error", NONE),
    f"POST {BUSINESS}/files/": ("unsupported_media_type", NONE),
}

# Four eyes, and what only one person may do with an object.
PEOPLE: dict[str, tuple[str, Places]] = {
    f"PATCH {BUSINESS}/commissions/assignments/<str:pk>/": ("maker_is_checker", OWN),
    "POST /api/admin/mfa-resets/<str:pk>/approve/": ("own_second_factor", OWN),
    "POST /api/admin/mfa-resets/<str:pk>/decline/": ("own_second_factor", OWN),
    "POST /api/admin/users/<str:pk>/roles/": ("permission_denied", OWN),
    "POST /api/admin/users/<str:pk>/suspend/": ("own_membership", OWN),
    f"POST {BUSINESS}/payments/<str:reference>/reverse/": ("requester_is_interested", OWN),
    f"POST {BUSINESS}/payments/<str:reference>/withdraw/": ("not_the_maker", NOT_OWN),
    **{
        f"POST {BUSINESS}/payments/<str:reference>/{verb}/": ("maker_is_checker", OWN)
        for verb in ("approve", "claim", "reject", "request-changes")
    },
    **{
        f"POST {BUSINESS}/{kind}/<str:reference>/{verb}/": ("maker_is_checker", OWN)
        for kind in ("chargebacks", "recoveries", "refunds", "reversals", "write-offs")
        for verb in ("approve", "reject")
    },
    **{
        f"POST {BUSINESS}/{kind}/<str:reference>/withdraw/": ("not_the_requester", NOT_OWN)
        for kind in ("chargebacks", "refunds")
    },
    **{
        # Fay asked for all of these
        f"POST {BUSINESS}/{kind}/<str:reference>/withdraw/": ("not_the_requester", ANY)
        for kind in ("recoveries", "reversals", "write-offs")
    },
    **{
        f"POST {BUSINESS}/discount-requests/<str:pk>/{verb}/": ("maker_is_checker", OWN)
        for verb in ("approve", "reject")
    },
}

STOPS: dict[str, dict[str, Places]] = {
    **{
        route: {code: places}
        for table in (STATES, BODIES, PEOPLE)
        for route, (code, places) in table.items()
    },
    **{
        # the built-in roles stay as the matrix says
        f"{method} /api/admin/roles/<slug:code>/": {"role_is_built_in": NONE}
        for method in ("DELETE", "PATCH")
    },
    "POST /api/admin/users/<str:pk>/mfa-reset/": {
        "own_second_factor": OWN,
        "no_second_factor": NOT_OWN,
    },
    f"POST {BUSINESS}/payments/<str:reference>/apply/": {
        "maker_is_checker": OWN,
        "nothing_to_apply": NOT_OWN,
    },
    f"POST {BUSINESS}/payments/<str:reference>/resubmit/": {
        "payment_not_sent_back": OWN,
        "not_the_maker": NOT_OWN,
    },
    # Anna leads her team and is no member of it; the others are of theirs
    f"POST {BUSINESS}/teams/<str:pk>/members/": {"already_member": NOT_OWN},
    f"DELETE {BUSINESS}/teams/<str:pk>/members/<str:user_id>/": {"not_member": OWN},
}

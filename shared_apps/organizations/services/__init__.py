"""Writes about organizations, by verb."""

from shared_apps.organizations.services.administrators import (
    AdministratorEntry,
    lock_administrators,
    read_administrators,
    replace_administrators,
)
from shared_apps.organizations.services.ask import (
    PROVISION,
    ask_for_organization,
    retry_provisioning,
)
from shared_apps.organizations.services.change import (
    OrganizationChanges,
    change_organization,
)
from shared_apps.organizations.services.checking import FirstOwner
from shared_apps.organizations.services.claim import (
    MAX_ATTEMPTS,
    OrganizationAlreadyProvisioned,
    ProvisioningUnderWay,
)
from shared_apps.organizations.services.domains import (
    DomainTaken,
    PrimaryDomainStays,
    add_domain,
    make_domain_primary,
    remove_domain,
)
from shared_apps.organizations.services.hints import (
    ask_for_workspaces,
    drop_hint,
    keep_hint,
    mail_workspaces,
    replace_hints,
)
from shared_apps.organizations.services.lifecycle import (
    close_organization,
    raise_key_version,
    reopen_organization,
    resume_organization,
    suspend_organization,
)
from shared_apps.organizations.services.provision import (
    go_on_with,
    provision_due,
    provision_organization,
)
from shared_apps.organizations.services.request import (
    NewOrganization,
    SlugTaken,
    check_new_organization,
    check_slug,
    request_organization,
)
from shared_apps.organizations.services.sign_up import (
    SignUpOver,
    SignUpWish,
    start_sign_up,
    verify_sign_up,
)

__all__ = [
    "MAX_ATTEMPTS",
    "PROVISION",
    "AdministratorEntry",
    "DomainTaken",
    "FirstOwner",
    "NewOrganization",
    "OrganizationAlreadyProvisioned",
    "OrganizationChanges",
    "PrimaryDomainStays",
    "ProvisioningUnderWay",
    "SignUpOver",
    "SignUpWish",
    "SlugTaken",
    "add_domain",
    "ask_for_organization",
    "ask_for_workspaces",
    "change_organization",
    "check_new_organization",
    "check_slug",
    "close_organization",
    "drop_hint",
    "go_on_with",
    "keep_hint",
    "lock_administrators",
    "mail_workspaces",
    "make_domain_primary",
    "provision_due",
    "provision_organization",
    "raise_key_version",
    "read_administrators",
    "remove_domain",
    "reopen_organization",
    "replace_administrators",
    "replace_hints",
    "request_organization",
    "resume_organization",
    "retry_provisioning",
    "start_sign_up",
    "suspend_organization",
    "verify_sign_up",
]

from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py migrate_tenants"
    instead = (
        "`manage.py COMMAND --organization SLUG` works on one organization, `migrate_tenants` "
        "migrates all"
    )

from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py migrate_tenants --dry-run"
    instead = (
        "`manage.py migrate` migrates public and all organizations, `migrate_tenants` the "
        "organizations alone"
    )

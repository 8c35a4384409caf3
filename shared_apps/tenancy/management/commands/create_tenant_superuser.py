from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py create_organization --help"
    instead = (
        "the owner is invited by `manage.py create_organization`, everybody else in the portal"
    )

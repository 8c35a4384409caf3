from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py create_organization --help"
    instead = "organizations are founded with `manage.py create_organization`"

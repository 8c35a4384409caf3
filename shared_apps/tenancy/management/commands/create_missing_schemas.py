from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py create_organization --resume acme"
    instead = "`manage.py create_organization --resume SLUG` completes an unfinished organization"

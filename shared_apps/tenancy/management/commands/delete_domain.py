from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py list_organizations"
    instead = "operators remove hosts in the console"

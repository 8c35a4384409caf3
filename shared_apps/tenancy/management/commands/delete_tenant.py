from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py suspend_organization --help"
    instead = "operators close organizations in the console; nothing drops a schema with its money"

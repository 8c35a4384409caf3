from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py list_organizations"
    instead = "a schema's name follows from the organization's id and stays"

from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py setup_permissions --organization acme"
    instead = "commands that work on an organization take --organization SLUG"

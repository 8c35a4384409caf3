from shared_apps.tenancy.management.replaced import ReplacedCommand


class Command(ReplacedCommand):
    example = "manage.py collectstatic --noinput"
    instead = "static files are the same for everybody: `manage.py collectstatic`"

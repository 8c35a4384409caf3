from django.contrib.staticfiles.management.commands import collectstatic

from shared_apps.tenancy.management.base import StockCommand


class Command(StockCommand, collectstatic.Command):
    help = "Collect the static files of all apps into one folder for the web process to serve."
    example = "manage.py collectstatic --noinput"

"""The product with one app more, whose migration makes what no replay repeats."""

from config.settings.test import *  # noqa: F403  an overlay of test
from config.settings.test import INSTALLED_APPS, LOGGING, TENANT_APPS

TENANT_APPS = [*TENANT_APPS, "tests.provisioning.outlook"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.provisioning.outlook"]
LOGGING = {**LOGGING, "level": "ERROR"}

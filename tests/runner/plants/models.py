"""The models of two releases: PLANTS_VERSION says which of them a process is."""

import os

from django.db import models

IS_NEW = os.environ.get("PLANTS_VERSION") == "new"

if IS_NEW:

    class Bed(models.Model):
        """What the new release adds."""

        name = models.CharField(max_length=10, db_default="100% new")

        class Meta:
            app_label = "plants"

        def __str__(self) -> str:
            return self.name


class Plant(models.Model):
    """What both releases have."""

    name = models.CharField(max_length=60 if IS_NEW else 40)
    tag = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001  many have none
    if IS_NEW:
        bed = models.ForeignKey("plants.Bed", models.PROTECT, null=True)
        height = models.IntegerField(db_default=7)

    class Meta:
        app_label = "plants"

    def __str__(self) -> str:
        return self.name

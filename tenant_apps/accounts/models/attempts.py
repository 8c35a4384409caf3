"""Failed sign-ins, counted while the cache is gone."""

from django.db import models

from shared_apps.kernel.rights import Rights


class AttemptRow(models.Model):
    """A counter of failed sign-ins for the time without a cache; only public's table is used.

    `key` names neither the address nor the account.
    """

    rights = Rights(update=("number", "ends_at"), delete=True)

    key = models.CharField(primary_key=True, max_length=100)
    number = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key

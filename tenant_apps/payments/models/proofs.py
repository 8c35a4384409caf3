"""What shows a payment: the maker's proofs, and what a verifier found."""

from django.db import models

from shared_apps.kernel.models import Row
from shared_apps.kernel.rights import APPEND_ONLY, Rights
from tenant_apps.payments.models.payment import Payment


class PaymentProof(Row):
    """A file that shows the payment; its hash is part of the payment's content."""

    rights = Rights(delete=True)

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="proofs")
    file = models.ForeignKey("documents.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    perceptual_hash = models.CharField(max_length=64, blank=True, db_default="", default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "sha256"], name="proof_once_per_payment")
        ]
        # the search for a proof that was used before
        indexes = [models.Index(fields=["sha256"], name="proof_sha256")]

    def __str__(self) -> str:
        return self.sha256


class PaymentEvidence(Row):
    """A file that a verifier laid beside a decision: a bank's statement, for example."""

    rights = APPEND_ONLY

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="evidence")
    decision_id = models.UUIDField()
    file = models.ForeignKey("documents.StoredFile", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["decision_id", "sha256"], name="evidence_once_per_decision"
            )
        ]

    def __str__(self) -> str:
        return self.sha256

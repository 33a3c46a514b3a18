"""Tokens with which programs act for an account."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class AccessToken(models.Model):
    """A token（访问令牌）: one account, in one post or for one person, for some things, until a day. Only its digest is kept."""

    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=80)
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="tokens")
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    acting_for = models.CharField(max_length=80, blank=True)
    scopes = models.JSONField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="people_token_digest"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="people_token_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.account_id}"

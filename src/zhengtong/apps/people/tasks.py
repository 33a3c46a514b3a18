"""Slow work of this room; safe to run twice."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import TextField
from django.db.models.functions import Substr

from zhengtong.apps.people.fields import EncryptedText

BATCH_ROWS = 500


def move_to_current_key(limit: int = 100_000) -> int:
    """Return how many values, at most `limit`, were encrypted anew under the current key（密钥轮换）; 0 when all are.

    Runs over every encrypted column of every room, a few hundred rows a transaction, each row locked while it moves.
    Once it returns 0 an older key can leave the ring.
    """
    moved = 0
    for model, field in _encrypted_columns():
        while moved < limit and (batch := _move_batch(model, field, min(BATCH_ROWS, limit - moved))):
            moved += batch
    return moved


def _encrypted_columns() -> Iterator[tuple[type[models.Model], EncryptedText]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedText):
                yield model, field


@transaction.atomic
def _move_batch(model: type[models.Model], field: EncryptedText, rows: int) -> int:
    prefix = settings.ZHENGTONG_KEYS["current"] + ":"
    ring_id = Substr(field.name, 1, len(prefix), output_field=TextField())
    old = model._default_manager.annotate(ring_id=ring_id).filter(**{f"{field.name}__isnull": False})
    old = old.exclude(ring_id=prefix).select_for_update().only("pk", field.name)[:rows]
    for record in (found := list(old)):
        model._default_manager.filter(pk=record.pk).update(**{field.attname: getattr(record, field.attname)})
    return len(found)

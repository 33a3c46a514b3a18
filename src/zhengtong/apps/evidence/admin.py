"""The back office shows the log; it changes nothing."""

from __future__ import annotations

from django.contrib import admin

from zhengtong.apps.evidence.models import Checkpoint, Receipt
from zhengtong.apps.people.readonly import ReadOnlyAdmin


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """Receipts without their bodies: those are opened to whom they concern."""

    list_display = ("no", "kind", "at", "by_kind", "case_no", "leaf_index")
    list_filter = ("kind", "by_kind")
    search_fields = ("no", "case_no")
    fields = ("no", "kind", "at", "by_kind", "by_label", "case_no", "digest", "leaf_index", "summary_zh", "summary_en")


@admin.register(Checkpoint)
class CheckpointAdmin(ReadOnlyAdmin):
    """The signed states of the log."""

    list_display = ("size", "root", "sealed_at", "key_id")

"""The back office shows matters and versions; it changes nothing."""

from __future__ import annotations

from django.contrib import admin

from zhengtong.apps.matters.models import Matter, MatterChange, PackVersion
from zhengtong.apps.people.readonly import ReadOnlyAdmin


@admin.register(Matter)
class MatterAdmin(ReadOnlyAdmin):
    list_display = ("code", "title_zh", "source", "status", "department_name", "version")
    list_filter = ("source", "status", "task_type")
    search_fields = ("code", "title_zh")


@admin.register(PackVersion)
class PackVersionAdmin(ReadOnlyAdmin):
    list_display = ("matter", "number", "state", "effective_from", "author_label", "reviewer_label", "published_at")
    list_filter = ("state",)


@admin.register(MatterChange)
class MatterChangeAdmin(ReadOnlyAdmin):
    list_display = ("matter", "at", "by_label")

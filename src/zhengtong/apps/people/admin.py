"""The back office shows who there is, without what identifies residents; it changes nothing."""

from __future__ import annotations

from django.contrib import admin

from zhengtong.apps.people.models import Account, AdminDuty, LegalEntity, Organisation, Post, Region
from zhengtong.apps.people.readonly import ReadOnlyAdmin


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    """Regions, present and past."""

    list_display = ("code", "level", "name_zh", "parent_code", "valid_from", "valid_to", "replaced_by")
    list_filter = ("level",)
    search_fields = ("code", "name_zh", "name_en")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations, closed ones too."""

    list_display = ("name_zh", "uscc", "function", "region_code", "closed_on")
    search_fields = ("name_zh", "uscc")


@admin.register(LegalEntity)
class LegalEntityAdmin(ReadOnlyAdmin):
    """Legal entities by their public particulars."""

    list_display = ("uscc", "name", "kind", "region_code", "registered_on")
    search_fields = ("uscc", "name")
    fields = ("uscc", "name", "kind", "region_code", "address", "registered_on")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts without passwords, phones or residents."""

    list_display = ("username", "label", "is_active", "opened_at", "last_login")
    fields = ("username", "label", "is_active", "opened_at", "last_login", "password_set_at")


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    """Posts, present and past."""

    list_display = ("account", "organisation", "title_zh", "valid_from", "valid_to", "ended_at")


@admin.register(AdminDuty)
class AdminDutyAdmin(ReadOnlyAdmin):
    """Who holds which duty, and held it."""

    list_display = ("account", "duty", "assigned_at", "ended_at")

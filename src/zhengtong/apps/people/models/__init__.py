"""Django's records of this room; nobody outside it imports them."""

from zhengtong.apps.people.models.accounts import Account, AdminDuty, Post, PostRole
from zhengtong.apps.people.models.places import Organisation, Region
from zhengtong.apps.people.models.subjects import LegalEntity, Mandate, Resident

__all__ = ["Account", "AdminDuty", "LegalEntity", "Mandate", "Organisation", "Post", "PostRole", "Region", "Resident"]

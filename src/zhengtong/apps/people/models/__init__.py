"""Django's records of this room; nobody outside it imports them."""

from zhengtong.apps.people.models.accounts import Account, AdminDuty, Post, PostRole
from zhengtong.apps.people.models.places import Organisation, Region
from zhengtong.apps.people.models.subjects import LegalEntity, Mandate, Resident
from zhengtong.apps.people.models.tokens import AccessToken

__all__ = [
    "AccessToken",
    "Account",
    "AdminDuty",
    "LegalEntity",
    "Mandate",
    "Organisation",
    "Post",
    "PostRole",
    "Region",
    "Resident",
]

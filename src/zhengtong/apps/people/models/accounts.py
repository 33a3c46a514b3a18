"""Accounts, posts with their roles, and the duties of the three separated administrators."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from zhengtong.apps.people.fields import EncryptedText


class AccountRecords(BaseUserManager):
    """Finds accounts by what is typed at sign-in."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Return the account of a username, whatever its case."""
        return self.get(username=(username or "").lower())


class Account(AbstractBaseUser):
    """An account（账户）: one person's way in. There is no superuser; what one may do comes from posts or a duty."""

    username = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=80)  # masked, for logs and headers
    phone = EncryptedText(blank=True, default="")
    phone_key = models.CharField(max_length=64, null=True, unique=True)
    resident = models.OneToOneField("people.Resident", null=True, on_delete=models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    password_set_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = AccountRecords()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(username=Lower("username")), name="people_account_lower")]

    def __str__(self) -> str:
        return self.label or self.username

    @property
    def is_staff(self) -> bool:
        """Return whether the read-only back office opens: only to the three administrators."""
        return self.is_active and AdminDuty.objects.filter(account=self, ended_at=None).exists()

    @property
    def is_superuser(self) -> bool:
        """Return False: nobody holds every right（三员分立）."""
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:  # noqa: ARG002
        """Return whether the back office shows a record; it never changes one."""
        return ".view_" in perm and self.is_staff

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        """Return whether every one of `perms` holds."""
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002
        """Return whether the back office lists an app."""
        return self.is_staff


class Post(models.Model):
    """A post（岗位）an account holds in an organisation."""

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="posts")
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    appointed_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organisation"], condition=Q(ended_at=None), name="people_post_one_per_organisation"
            ),
            models.CheckConstraint(
                condition=Q(appointed_by=None) | ~Q(appointed_by=F("account")), name="people_post_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} @ {self.organisation_id}"


class PostRole(models.Model):
    """One role a post carries; the roles and what they permit are in `roles.yaml`."""

    post = models.ForeignKey("people.Post", on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "role"], name="people_role_once_per_post")]

    def __str__(self) -> str:
        return self.role


class AdminDuty(models.Model):
    """The duty of one of three separated administrators（三员分立）. Triggers keep duties and posts apart."""

    class Name(models.TextChoices):
        SYSADMIN = "sysadmin", "系统管理员"
        SECADMIN = "secadmin", "安全管理员"
        AUDITADMIN = "auditadmin", "审计管理员"

    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="duties")
    duty = models.CharField(max_length=12, choices=Name.choices)
    assigned_by = models.ForeignKey("people.Account", null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="people_duty_one_per_account"),
            models.CheckConstraint(
                condition=Q(duty__in=["sysadmin", "secadmin", "auditadmin"]), name="people_duty_known"
            ),
            models.CheckConstraint(
                condition=Q(assigned_by=None) | ~Q(assigned_by=F("account")), name="people_duty_not_by_oneself"
            ),
        ]

    def __str__(self) -> str:
        return self.duty

"""Accounts are opened, posts filled, and the three administrators' duties assigned."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from zhengtong.apps.people import keys
from zhengtong.apps.people.actions.rights import conflict, require
from zhengtong.apps.people.events import Event, announce
from zhengtong.apps.people.models import Account, AdminDuty, Post, PostRole
from zhengtong.apps.people.queries.places import get_organisation
from zhengtong.apps.people.queries.subjects import resident_record, to_account
from zhengtong.apps.people.roles import list_roles
from zhengtong.apps.people.shapes import AccountShape, Actor, PostShape
from zhengtong.kit import Refused, local_date, mask

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,63}")


@transaction.atomic
def open_account(
    *,
    username: str,
    by: Actor,
    at: dt.datetime,
    password: str | None = None,
    encoded_password: str = "",
    label: str = "",
    name: str = "",
    resident_id: str | None = None,
    phone: str = "",
) -> AccountShape:
    """Return the account（账户）opened; without a password nobody can sign in to it yet.

    `encoded_password` is one already hashed by Django, for accounts taken over or seeded. The label shown in logs is
    the masked `name`, or that of the resident, unless given. Refused（422）for a weak password or a wrong user name, （409）when the name, the phone or the
    resident has an account.
    """
    require(by, "account.open")
    account = Account(username=_to_username(username), phone=phone, resident_id=resident_id, opened_at=at)
    account.phone_key = keys.blind_index("phone", phone) if phone else None
    account.label = label or (mask("name", name) if name else _label_of(resident_id)) or account.username
    _set_password(account, password, encoded_password, at)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise conflict(
            "people.account.taken",
            "该用户名、手机号或人员已有账户。请换一个用户名，或直接登录。",
            "This user name, phone or person has an account already. Choose another name, or sign in.",
        ) from None
    about = (account.resident.key,) if account.resident else ()
    announce(Event("account.opened", by, at, {"account": account.pk}, about, "开通账户", "Account opened"))
    return to_account(account)


@transaction.atomic
def close_account(*, account_id: int, by: Actor, at: dt.datetime) -> None:
    """Close an account: nobody signs in to it again, every session ends at its next request, its records stay."""
    require(by, "account.close")
    if not Account.objects.filter(pk=account_id, is_active=True).update(is_active=False):
        raise conflict(
            "people.account.closed",
            "该账户不存在或已经停用。请刷新后再试。",
            "This account does not exist or is closed already. Reload and try again.",
        )
    announce(Event("account.closed", by, at, {"account": account_id}, (), "停用账户", "Account closed"))


@transaction.atomic
def link_resident(*, account_id: int, resident_id: str, by: Actor, at: dt.datetime) -> AccountShape:
    """Return the account tied to a resident whose identity was checked（实名）. Refused（409）when either is tied already."""
    require(by, "account.open")
    account = _account(account_id)
    taken = Account.objects.filter(resident_id=resident_id).exclude(pk=account_id).exists()
    if taken or (account.resident_id and str(account.resident_id) != str(resident_id)):
        raise conflict(
            "people.account.linked",
            "该账户或该人员已完成实名绑定。请先核对，确需变更请由系统管理员处理。",
            "This account or this person is linked already. Check first; a change is made by the system administrator.",
        )
    account.resident = resident_record(resident_id)
    account.label = _label_of(resident_id)
    account.save(update_fields=["resident", "label"])
    announce(
        Event("account.linked", by, at, {"account": account_id}, (account.resident.key,), "账户实名绑定", "Linked")
    )
    return to_account(account)


@transaction.atomic
def appoint_officer(
    *,
    account_id: int,
    organisation_id: int,
    title_zh: str,
    title_en: str,
    roles: Iterable[str],
    by: Actor,
    at: dt.datetime,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> PostShape:
    """Return the post（岗位）an account now holds in an organisation, with its roles.

    Refused（422）for an unknown role, （409）when a post is held there, or the account has an administrator's duty, or
    the appointing account may not appoint: the last two are the database's own answer（三员分立）.
    """
    require(by, "officer.appoint")
    wanted = sorted(set(roles))
    _require_known(wanted)
    _account(account_id)
    organisation = get_organisation(organisation_id)
    with _separation():
        post = Post.objects.create(
            account_id=account_id,
            organisation_id=organisation_id,
            title_zh=title_zh,
            title_en=title_en,
            valid_from=valid_from or local_date(at),
            valid_to=valid_to,
            appointed_by_id=by.account_id,
            appointed_at=at,
        )
        PostRole.objects.bulk_create([PostRole(post=post, role=role) for role in wanted])
    body = {"account": account_id, "organisation": organisation.uscc, "roles": wanted}
    announce(Event("officer.appointed", by, at, body, (), f"任命{organisation.short_zh}岗位", "Officer appointed"))
    return PostShape(
        post.pk, account_id, organisation, title_zh, title_en, frozenset(wanted), post.valid_from, valid_to
    )


@transaction.atomic
def end_post(*, post_id: int, by: Actor, at: dt.datetime) -> None:
    """End a post at once: its roles are gone from the next request on."""
    require(by, "officer.dismiss")
    if not Post.objects.filter(pk=post_id, ended_at=None).update(ended_at=at):
        raise conflict(
            "people.post.ended",
            "该岗位不存在或已经免去。请刷新后再试。",
            "This post does not exist or has ended already. Reload and try again.",
        )
    announce(Event("officer.dismissed", by, at, {"post": post_id}, (), "免去岗位", "Post ended"))


@transaction.atomic
def assign_admin_duty(*, account_id: int, duty: str, by: Actor, at: dt.datetime) -> AccountShape:
    """Return the account with one of the three duties（三员）: sysadmin, secadmin or auditadmin.

    Refused（409）by the database when the account has a duty or an officer's post, or when the assigning account is
    the same one or an auditor.
    """
    require(by, "duty.assign")
    if duty not in AdminDuty.Name.values:
        raise Refused(
            "people.duty.unknown",
            "没有这个管理职责。请选择系统管理员、安全管理员或审计管理员。",
            "There is no such duty. Choose system, security or audit administrator.",
            field="duty",
        )
    _account(account_id)
    with _separation():
        AdminDuty.objects.create(account_id=account_id, duty=duty, assigned_by_id=by.account_id, assigned_at=at)
    title = list_roles("duties")[duty]
    body = {"account": account_id, "duty": duty}
    announce(Event("duty.assigned", by, at, body, (), f"指定{title.title_zh}", f"{title.title_en} assigned"))
    return to_account(_account(account_id))


@transaction.atomic
def end_admin_duty(*, account_id: int, by: Actor, at: dt.datetime) -> None:
    """End an account's duty; the account may then hold another one, or a post."""
    require(by, "duty.assign")
    if not AdminDuty.objects.filter(account_id=account_id, ended_at=None).update(ended_at=at):
        raise conflict(
            "people.duty.none",
            "该账户目前没有管理职责。请刷新后再试。",
            "This account has no administrator's duty now. Reload and try again.",
        )
    announce(Event("duty.ended", by, at, {"account": account_id}, (), "解除管理职责", "Duty ended"))


class _separation:  # noqa: N801  reads as a word: `with _separation():`
    """Turn the database's refusal of mixed duties into ours. The triggers speak in codes: `people.…`."""

    def __enter__(self) -> None:
        self.inner = transaction.atomic()
        self.inner.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.inner.__exit__(kind, error, trace)
        if isinstance(error, DatabaseError):
            raise _separated(str(error)) from None


def _separated(message: str) -> Refused:
    if "people.duty.separated" in message or "people.duty.may-not" in message:
        return conflict(
            "people.duty.separated",
            "三员分立：管理员账户不能兼任业务岗位，审计管理员和系统管理员不能授权。请使用另一个账户。",
            "Duties are separated: an administrator holds no officer's post, and auditors and system administrators "
            "grant nothing. Use another account.",
        )
    return conflict(
        "people.post.already-held",
        "该账户已有这个岗位或管理职责，或者正在为自己授权。请先解除原有的，或由他人办理。",
        "The account holds this post or a duty already, or is appointing itself. End the present one, or ask another.",
    )


def _set_password(account: Account, password: str | None, encoded: str, at: dt.datetime) -> None:
    if encoded:
        account.password, account.password_set_at = encoded, at
        return
    if password is None:
        account.set_unusable_password()
        return
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused(
            "people.password.weak",
            "口令太弱：" + "；".join(error.messages),
            "The password is too weak: use 10 characters or more of three kinds, and nothing easily guessed.",
            field="password",
        ) from None
    account.set_password(password)
    account.password_set_at = at


def _to_username(username: str) -> str:
    name = username.strip().lower()
    if not USERNAME.fullmatch(name):
        raise Refused(
            "people.username.malformed",
            "用户名须以字母开头，3 至 64 位，只含字母、数字和 . _ -。请换一个。",
            "A user name begins with a letter, has 3 to 64 characters, and only letters, digits and . _ - in it.",
            field="username",
        )
    return name


def _require_known(roles: list[str]) -> None:
    unknown = [role for role in roles if role not in list_roles()]
    if unknown or not roles:
        raise Refused(
            "people.role.unknown",
            f"没有名为“{'、'.join(unknown)}”的角色，或未选择角色。请从角色表中选择。",
            f"No role was chosen, or it is unknown: {', '.join(unknown)}. Choose from the list of roles.",
            field="roles",
        )


def _account(account_id: int) -> Account:
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise Refused(
            "people.account.unknown",
            "没有这个账户。请核对后再试。",
            "There is no such account. Check and try again.",
            status=404,
        )
    return account


def _label_of(resident_id: str | None) -> str:
    return mask("name", resident_record(resident_id).particulars["name"]) if resident_id else ""

"""Who acts, for whom, and what they may do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from zhengtong.apps.people import statements
from zhengtong.apps.people.models import Account, LegalEntity, Mandate, Post, PostRole
from zhengtong.apps.people.particulars import to_organisation, to_subject
from zhengtong.apps.people.queries.standing import HeldPost, Standing, find_standing
from zhengtong.apps.people.queries.subjects import find_account_record
from zhengtong.apps.people.roles import permissions_of
from zhengtong.apps.people.shapes import ANONYMOUS, AccountShape, Actor, PostShape, Principal, Subject
from zhengtong.kit import Refused, local_date

REPRESENTATIVE = "representative"
_HAS_DUTY_OR_POST = """
    SELECT EXISTS (SELECT 1 FROM people_adminduty WHERE account_id = %s AND ended_at IS NULL)
        OR EXISTS (SELECT 1 FROM people_post WHERE account_id = %s AND ended_at IS NULL)
"""


def get_actor(
    account: Any, *, organisation_id: int | None = None, acting_for: Subject | str | None = None, at: dt.datetime
) -> Actor:
    """Return who an account is at this moment（当前操作人）: one statement, up to two more when acting for somebody.

    `organisation_id` chooses among several posts; without it the earliest counts. `acting_for` is a Subject or its
    `ref` ("legal-entity:<uscc>"). Refused（403）when the post or the mandate is not, or no longer, there: whoever
    lost a right finds out at the next request. Anybody not signed in is ANONYMOUS.
    """
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return ANONYMOUS
    day = local_date(at)
    standing = find_standing(account.pk, day)
    return actor_of(standing, organisation_id, acting_for, day) if standing else ANONYMOUS


def actor_of(standing: Standing, organisation_id: int | None, acting_for: Subject | str | None, day: dt.date) -> Actor:
    """Return who an account of this standing is in one of its posts, or for somebody; refused as `get_actor` says."""
    post = _choose_post(standing, organisation_id)
    principal = _principal_of(standing.resident, acting_for, day) if acting_for else None
    organisation = post.organisation if post else None
    return Actor(
        kind="admin" if standing.duty else "officer" if post else "resident",
        account_id=standing.account_id,
        label=f"{organisation.short_zh} {standing.label}" if organisation else standing.label,
        resident=standing.resident,
        acting_for=principal.subject if principal else None,
        organisation=organisation,
        roles=post.roles if post else frozenset(),
        duty=standing.duty,
        matter_scope=frozenset(principal.matter_codes) if principal and principal.matter_codes is not None else None,
        mandate_kind=principal.kind if principal else "",
    )


def get_officer(username: str, *, organisation_id: int | None = None, at: dt.datetime) -> Actor:
    """Return who an account named on the command line is at this moment; refused（404）when there is none, or no post."""
    record = find_account_record(username)
    actor = get_actor(record, organisation_id=organisation_id, at=at) if record else ANONYMOUS
    if actor.kind not in ("officer", "admin"):
        raise Refused(
            "people.act.unknown-officer",
            f"没有在任的工作人员账号 {username}。请核对账号，或先开通并任职（zhengtong users）。",
            f"There is no officer's account {username}. Check the name, or open and appoint it (zhengtong users).",
            status=404,
        )
    return actor


def can_(actor: Actor, permission: str, organisation_id: int | None = None) -> bool:
    """Return whether the actor may do `permission` (`case.accept`) — in that organisation, when one is named.

    The system itself may do everything; a duty's permissions belong to no organisation.
    """
    if actor.kind == "system":
        return True
    if actor.duty is None and organisation_id is not None:
        own = actor.organisation.id if actor.organisation else None
        if own != organisation_id:
            return False
    return permission in permissions_of(actor.roles, actor.duty)


def can_act_for(actor: Actor, subject: Subject) -> bool:
    """Return whether the actor is this subject, or acts for it now."""
    return actor.applicant is not None and actor.applicant.key == subject.key


def is_second_factor_required(account: Any) -> bool:
    """Return whether the account belongs to those who must sign in with a second factor: officers, administrators; one statement."""
    return bool(statements.execute(_HAS_DUTY_OR_POST, [account.pk, account.pk]).fetchone()[0])


def list_posts(account: Any, *, at: dt.datetime) -> list[PostShape]:
    """Return the posts an account holds now, the earliest first; two queries."""
    return [_to_post(post) for post in _posts_of(account.pk, local_date(at))]


def list_colleagues(by: Actor, *, at: dt.datetime) -> list[AccountShape]:
    """Return the accounts in use with a post in the officer's organisation now, by label; nobody's for who has no post.

    The officer is among them. Two queries.
    """
    if by.organisation is None:
        return []
    day = local_date(at)
    posts = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, ended_at=None)
    held = posts.filter(account=OuterRef("pk"), organisation_id=by.organisation.id)
    found = Account.objects.filter(Exists(held), is_active=True).order_by("label", "pk")
    return [AccountShape(one.pk, one.username, one.label, "", None, True) for one in found]


def list_principals(account: Any, *, at: dt.datetime | None = None) -> list[Principal]:
    """Return everybody the account may act for（可代办的人和企业）; two queries.

    By delegation, agency or guardianship in force, and every enterprise whose legal representative the person is.
    """
    resident_id = getattr(account, "resident_id", None)
    if not resident_id:
        return []
    day = local_date(at or dt.datetime.now(dt.UTC))
    represented = [_as_representative(entity) for entity in LegalEntity.objects.filter(representative_id=resident_id)]
    return [*represented, *(_by_mandate(mandate) for mandate in _mandates_held(resident_id, day))]


def _posts_of(account_id: int, day: dt.date) -> QuerySet[Post]:
    in_force = Post.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), account_id=account_id, ended_at=None)
    in_force = in_force.filter(valid_from__lte=day, organisation__closed_on=None)
    roles = Prefetch("roles", queryset=PostRole.objects.order_by("role"))
    return in_force.select_related("organisation").prefetch_related(roles).order_by("id")


def _choose_post(standing: Standing, organisation_id: int | None) -> HeldPost | None:
    if standing.duty:
        return None
    if organisation_id is None:
        return next(iter(standing.posts), None)
    chosen = next((post for post in standing.posts if post.organisation.id == organisation_id), None)
    if chosen is None:
        raise Refused(
            "people.act.no-post",
            "您在该机构没有在任岗位，不能以该机构身份办理。请重新选择机构，或联系安全管理员。",
            "You hold no post in this organisation now. Choose another, or ask the security administrator.",
            status=403,
        )
    return chosen


def _principal_of(resident: Subject | None, acting_for: Subject | str, day: dt.date) -> Principal:
    ref = acting_for.ref if isinstance(acting_for, Subject) else acting_for
    kind, _, subject_id = ref.partition(":")
    principal = None
    if resident and subject_id.isprintable():
        principal = _find_principal(resident.id, kind, subject_id, day)
    if principal is None:
        raise Refused(
            "people.act.no-mandate",
            "您没有办理该人员或企业事务的有效授权，可能已到期或被撤回。请切换回本人，或请对方重新授权。",
            "You hold no mandate in force for this principal. Switch back to yourself, or ask for a new mandate.",
            status=403,
        )
    return principal


def _find_principal(resident_id: Any, kind: str, subject_id: str, day: dt.date) -> Principal | None:
    if kind == "legal-entity":
        entity = LegalEntity.objects.filter(pk=subject_id, representative_id=resident_id).first()
        if entity:
            return _as_representative(entity)
    held = (_by_mandate(mandate) for mandate in _mandates_held(resident_id, day))
    return next((found for found in held if (found.subject.kind, found.subject.id) == (kind, subject_id)), None)


def _mandates_held(resident_id: Any, day: dt.date) -> QuerySet[Mandate]:
    in_force = Mandate.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), agent_id=resident_id)
    in_force = in_force.filter(valid_from__lte=day, ended_at=None)
    return in_force.select_related("principal_resident", "principal_entity").order_by("created_at", "id")


def _as_representative(entity: LegalEntity) -> Principal:
    return Principal(to_subject(entity), "", REPRESENTATIVE, "legal-representative", None, entity.registered_on, None)


def _by_mandate(mandate: Mandate) -> Principal:
    return Principal(
        subject=to_subject(mandate.principal_entity or mandate.principal_resident),
        mandate_id=str(mandate.pk),
        kind=mandate.kind,
        relation=mandate.relation,
        matter_codes=None if mandate.matter_codes is None else tuple(mandate.matter_codes),
        valid_from=mandate.valid_from,
        valid_until=mandate.valid_until,
    )


def _to_post(post: Post) -> PostShape:
    return PostShape(
        id=post.pk,
        account_id=post.account_id,
        organisation=to_organisation(post.organisation),
        title_zh=post.title_zh,
        title_en=post.title_en,
        roles=frozenset(role.role for role in post.roles.all()),
        valid_from=post.valid_from,
        valid_to=post.valid_to,
    )

"""Who may do what to a case（办件权限）: the applicant's own, and the officers of the organisation that handles it."""

from __future__ import annotations

from django.db.models import Q

from zhengtong.apps.cases.lifecycle import list_kinds
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused

# officer action → permissions, one of which is needed, as people's roles name them
PERMISSIONS = {name: kind.permits for name, kind in list_kinds().items() if kind.permits}
PHASES = {"accept": "case.accept", "examine": "case.examine"}
# what portals call an action → the kind in the log
OFFICER_VERBS = {kind.verb: name for name, kind in list_kinds().items() if kind.verb and kind.by == "officer"}
APPLICANT_VERBS = {kind.verb: name for name, kind in list_kinds().items() if kind.verb and kind.by == "applicant"}
# the office's own affair: not in the applicant's timeline
OFFICE_KINDS = frozenset(name for name, kind in list_kinds().items() if kind.is_office)


def own_keys(by: Actor) -> list[str]:
    """Return the subject keys under which `by` may see cases: the one acted for, else their own."""
    return [by.applicant.key] if by.applicant else []


def visible_to(by: Actor) -> Q:
    """Return which cases `by` may open: their own, those of their organisation, and the one-things these belong to."""
    if by.kind == "system":
        return Q()
    rights = Q(applicant_key__in=own_keys(by))
    if is_officer(by):
        mine = by.organisation.id  # type: ignore[union-attr]
        rights |= Q(organisation_id=mine) | Q(parts__organisation_id=mine)
    return rights


def is_officer(by: Actor) -> bool:
    """Return whether `by` works on cases in an organisation."""
    return by.organisation is not None and people.can_(by, "case.view", by.organisation.id)


def can_do(by: Actor, kind: str, organisation_id: int | None) -> bool:
    """Return whether an officer's roles cover an action in the organisation that handles the case."""
    if organisation_id is None:
        return False
    return any(people.can_(by, permission, organisation_id) for permission in PERMISSIONS[kind])


def phases_of(by: Actor) -> list[str]:
    """Return the phases whose work `by` may take from the pool."""
    if by.organisation is None:
        return []
    return [phase for phase, permission in PHASES.items() if people.can_(by, permission, by.organisation.id)]


def no_right(kind_zh: str, kind_en: str) -> Refused:
    """Return the refusal of an action outside somebody's roles."""
    return Refused(
        "case.act.no-right",
        f"您的岗位不能“{kind_zh}”这个办件。请由有相应职责的同事办理，或联系本单位负责人。",
        f"Your post does not allow “{kind_en}” here. Leave it to a colleague whose duty it is, or ask your head.",
        status=403,
    )

"""Who may do what to a case（办件权限）: the applicant's own, and the officers of the organisation that handles it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.db.models import Q

from zhengtong.apps.cases.lifecycle import CaseState, list_kinds
from zhengtong.apps.cases.models import Case, CaseParty, Substitution
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared import Pack
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_region_code

# officer action → permissions, one of which is needed, as people's roles name them
PERMISSIONS = {name: kind.permits for name, kind in list_kinds().items() if kind.permits}
PHASES = {"accept": "case.accept", "examine": "case.examine"}
# what portals call an action → the kind in the log
OFFICER_VERBS = {kind.verb: name for name, kind in list_kinds().items() if kind.verb and kind.by == "officer"}
APPLICANT_VERBS = {kind.verb: name for name, kind in list_kinds().items() if kind.verb and kind.by == "applicant"}
# what the leading department does to a one-thing as a whole: everything else is done part by part
WHOLE_KINDS = frozenset(
    {"contacted", "rectified", "called-back", "appealed", "appeal-decided", "objection-answered", "archived"}
)
# the office's own affair: not in the applicant's timeline
OFFICE_KINDS = frozenset(name for name, kind in list_kinds().items() if kind.is_office)


# what another organisation than the handling one may do → whether it is asked of theirs
PARTY_VERBS: Mapping[str, Callable[[CaseState, Actor], bool]] = {
    "answer_consult": lambda state, by: any(
        one.is_open and by.organisation is not None and one.organisation_id == by.organisation.id
        for one in state.consults
    ),
    "cosign": lambda state, by: (
        state.cosign is not None
        and any(
            one.agrees is None and by.organisation is not None and one.organisation_id == by.organisation.id
            for one in state.cosign.signatures
        )
    ),
    "decide_appeal": lambda state, by: (
        state.rectification is not None and state.rectification.appeal == "asked" and "leader" in by.roles
    ),
}


def own_keys(by: Actor) -> list[str]:
    """Return the subject keys under which `by` may see cases: the one acted for, else their own."""
    return [by.applicant.key] if by.applicant else []


def visible_to(by: Actor) -> Q:
    """Return which cases `by` may open: their own, those of their organisation, the one-things these
    belong to, and those their organisation took in, was asked about or handled before."""
    if by.kind == "system":
        return Q()
    rights = Q(applicant_key__in=own_keys(by))
    if is_officer(by):
        mine = by.organisation.id  # type: ignore[union-attr]
        rights |= Q(organisation_id=mine) | Q(parts__organisation_id=mine)
        rights |= Q(pk__in=CaseParty.objects.filter(organisation_id=mine).values("case"))
    return rights


def is_officer(by: Actor) -> bool:
    """Return whether `by` works on cases in an organisation."""
    return by.organisation is not None and people.can_(by, "case.view", by.organisation.id)


def stands_in_for(by: Actor, on: date) -> frozenset[int]:
    """Return the accounts whose work `by` does on a day, beside their own（代岗）; one query, none for non-officers."""
    if by.account_id is None or by.organisation is None:
        return frozenset()
    running = Substitution.objects.filter(
        substitute_id=by.account_id, organisation_id=by.organisation.id, from_on__lte=on, to_on__gte=on, ended_at=None
    )
    return frozenset(running.values_list("account_id", flat=True))


def handles(by: Actor, record: Case) -> bool:
    """Return whether `by` is an officer of the organisation that handles a case."""
    return is_officer(by) and by.organisation is not None and by.organisation.id == record.organisation_id


def is_party(by: Actor, record: Case) -> bool:
    """Return whether the officer's organisation took the case in, was asked about it or handled it before; one query."""
    if not is_officer(by) or by.organisation is None:
        return False
    return CaseParty.objects.filter(case_id=record.pk, organisation_id=by.organisation.id).exists()


def superior_of(organisation: OrganisationShape) -> OrganisationShape | None:
    """Return the organisation above one（上级机关）: that of the same function in the nearest region above."""
    for region in parse_region_code(organisation.region_code).ancestors:
        found = people.find_organisation(function=organisation.function, region_code=region.canonical)
        if found is not None and found.id != organisation.id:
            return found
    return None


def approver_of(kind: str, pack: Pack, own: OrganisationShape) -> OrganisationShape | None:
    """Return whose head decides on a proposal（报批由谁决定）: the superior's where the matter says so of more time, else the
    handling organisation's own; None where there is no superior."""
    rule = pack.handling.extension
    if kind == "extended" and rule is not None and rule.approver == "superior":
        return superior_of(own)
    return own


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

"""Which other organisations may see a case（相关机构）, and what is asked of them."""

from __future__ import annotations

from datetime import date, datetime

from zhengtong.apps.cases.models import Case, CaseParty
from zhengtong.apps.people import queries as people
from zhengtong.apps.people.shapes import OrganisationShape
from zhengtong.kit import Refused

APPROVING = "approving"  # the role of the organisation whose head decides on a proposal


def add_party(
    case: Case, organisation_id: int, role: str, at: datetime, *, due_on: date | None = None, is_open: bool = True
) -> None:
    """Let an organisation see the case, as "window", "handler", "consulted", "signing", "superior" or "approving"."""
    CaseParty.objects.update_or_create(
        case=case,
        organisation_id=organisation_id,
        role=role,
        defaults={"is_open": is_open, "due_on": due_on},
        create_defaults={"is_open": is_open, "due_on": due_on, "since": at},
    )


def close_party(case: Case, organisation_id: int, role: str) -> None:
    """Nothing is asked of the organisation in this role any more; it still sees the case."""
    CaseParty.objects.filter(case=case, organisation_id=organisation_id, role=role).update(is_open=False)


def close_proposal(case: Case) -> None:
    """Nobody is asked any more to decide on a proposal: it was decided, or the case went on without it."""
    CaseParty.objects.filter(case=case, role=APPROVING, is_open=True).update(is_open=False)


def leader_of(function: str, region_code: str) -> OrganisationShape:
    """Return the organisation of a function for the case's region; refused where there is none."""
    found = people.find_organisation(function=function, region_code=region_code)
    if found is None:
        raise Refused(
            "case.party.no-organisation",
            f"本地没有主管“{function}”的机构，不能送去征求意见或会签。请联系系统管理员登记机构。",
            f"No organisation leads {function} here, so nothing can be sent to it. Ask the administrator to register one.",
            facts={"function": function},
        )
    return found

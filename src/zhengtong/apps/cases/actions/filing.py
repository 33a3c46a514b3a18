"""An application filed in one call（一次申报）: by systems that have everything in hand and keep no draft here.

It passes what a draft passes page by page — the same questions, checks, reads and refusals — and ends as the same case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from zhengtong.apps.cases.actions.draft_rules import refuse_faults
from zhengtong.apps.cases.actions.drafts import Begun, begin_application, draft_of, enter_page
from zhengtong.apps.cases.actions.files import keep_file
from zhengtong.apps.cases.actions.log import Held, shown
from zhengtong.apps.cases.actions.materials import slot_of_draft
from zhengtong.apps.cases.actions.submitting import submit_draft
from zhengtong.apps.cases.checking import fault
from zhengtong.apps.cases.forms import next_page
from zhengtong.apps.cases.models import CaseAction, Draft
from zhengtong.apps.cases.numbers import next_numbers
from zhengtong.apps.cases.queries.cases import get_case
from zhengtong.apps.cases.queries.drafts import open_draft
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.apps.people.keys import blind_index
from zhengtong.apps.people.shapes import Actor
from zhengtong.kit import Refused, digest, digest_bytes

GivenFile = tuple[str, str, bytes]  # material, file name, content


@dataclass(frozen=True)
class Filing:
    """What is filed, and under which key: the same key and the same content are the same filing."""

    values: Mapping[str, Any]
    files: Sequence[GivenFile]
    key: str | None
    said: str


def file_case(
    *,
    matter_code: str,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    answers: Mapping[str, str] | None = None,
    files: Sequence[GivenFile] = (),
    region_code: str | None = None,
    key: str = "",
) -> CaseShape:
    """Return the case filed: `values` are dotted paths of the form, `answers` the situation questions.

    With a `key` the same filing sent again by the same applicant is the same case, and another one under that key is
    refused（409 `case.file.key-used`）. Refused as `start_draft`, `save_page`, `attach_material` and `submit_case` refuse,
    with every fault by name; nothing is half filed.
    """
    told = [matter_code, dict(values), dict(answers or {}), [(*file[:2], digest_bytes(file[2])) for file in files]]
    filing = Filing(values, files, filing_key_of(by, key) if key else None, digest(told) if key else "")
    earlier = _filed(filing) if key else None
    if earlier:
        return get_case(earlier, by, at=at)
    begun = begin_application(matter_code, answers or {}, by, at, region_code)
    numbers = next_numbers(begun.region, at, 1 + len(begun.pack.parts))
    try:
        with transaction.atomic():
            held = _file(begun, filing, numbers, by, at)
    except IntegrityError:
        earlier = _filed(filing) if key else None
        if earlier is None:
            raise
        return get_case(earlier, by, at=at)
    return shown(held, by, at)


def filing_key_of(by: Actor, key: str) -> str:
    """Return what makes a filing the same: the applicant, the account and the key it was sent under."""
    applicant = by.applicant.key if by.applicant else ""
    return blind_index("case.filing", f"{applicant}/{by.account_id}/{digest(key)}")


def _filed(filing: Filing) -> str | None:
    """Return the number of the case filed under the key, or None; refused when something else was."""
    found = CaseAction.objects.filter(case__filing_key=filing.key, seq=1).select_related("case").first()
    if found is None:
        return None
    if found.payload.get("filed") != filing.said:
        raise Refused(
            "case.file.key-used",
            f"这个幂等键已用于另一份申请（{found.case.no}）。重发同一份申请请保持内容不变，新的申请请换一个键。",
            f"This key was used for another application ({found.case.no}). Send the same content again, or take a new key.",
            status=409,
            facts={"case_no": found.case.no},
        )
    return found.case.no


def _file(begun: Begun, filing: Filing, numbers: list[str], by: Actor, at: datetime) -> Held:
    draft = draft_of(begun, numbers[0], by, at)
    _enter(draft, filing.values, by, at)
    if filing.files:
        draft.save(force_insert=True)  # files belong to a draft until they belong to a case
        for material_id, name, content in filing.files:
            slot = slot_of_draft(open_draft(draft, by), material_id)
            keep_file(slot, name, content, owner_key=draft.applicant_key, at=at, draft=draft)
    return submit_draft(draft, numbers[1:], by=by, at=at, handler=begun.handler, filed=(filing.key, filing.said))


def _enter(draft: Draft, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Enter the values page by page, as a person would: what one page says decides which pages follow."""
    left, seen = dict(values), set[str]()
    while True:
        opened = open_draft(draft, by, [])
        page = next_page(opened.pack, opened.scope, seen)
        if page is None:
            break
        seen.add(page.id)
        given = {path: left.pop(path) for path in page.fields if path in left}
        enter_page(draft, opened, page.id, page.fields, given, by, at, complete=False)
    refuse_faults([fault(opened.pack, path, "unknown") for path in left], "case.form.unknown-field")

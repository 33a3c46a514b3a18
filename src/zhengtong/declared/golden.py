"""A golden case played against its pack（范例演练）: what really comes out, to be compared with what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from zhengtong.declared import walk
from zhengtong.declared.facts import Facts
from zhengtong.declared.shapes import DataUse, Expectation, GoldenCase, Pack
from zhengtong.declared.values import check_values
from zhengtong.kit import Refused


@dataclass(frozen=True)
class Difference:
    """One thing that came out otherwise（差异）."""

    member: str
    expected: Any
    came: Any


def play(pack: Pack, case: GoldenCase, neighbours: Mapping[str, Pack]) -> Expectation:
    """Return what the pack makes of the case, every member filled in.

    Raises Refused as the platform would: answers that are not offered, values that do not fit.
    """
    facts = Facts(today=case.on, applicant=case.applicant, answers=case.answers)
    walk.check_answers(pack, facts)

    def read(use: DataUse, _key: dict[str, Any]) -> Mapping[str, Any] | None:
        return case.data.get(use.id)

    facts, filled = walk.prefill(pack, facts, read)
    locked = {path for path, value in filled.items() if value.locked}
    _check_given(pack, case, locked)
    facts = facts.with_(form={**walk.default_values(pack, facts), **facts.form, **case.form})
    needed = walk.needed_materials(pack, facts)
    facts, part_forms = _run_parts(pack, case, facts)
    granted = facts.with_(outcome=case.outcomes.get("", {}))
    walk.check_outcome(pack, granted)
    terms = walk.terms_in(pack, facts)
    return Expectation(
        questions=tuple(question.id for question in walk.open_questions(pack, facts)),
        pages=tuple(page.id for page in walk.open_pages(pack, facts)),
        prefilled={path: value.value for path, value in filled.items()},
        missing=walk.missing_fields(pack, facts),
        materials=tuple(item.need.id for item in needed if not item.spared_by and item.need.id not in case.materials),
        spared=tuple(item.need.id for item in needed if item.spared_by),
        parts=tuple(part.id for part in walk.open_parts(pack, facts)),
        order=walk.order_of(walk.open_parts(pack, facts)),
        part_forms=part_forms,
        certificates=_faces(pack, case, granted, part_forms, neighbours),
        suggested=_suggestions(pack, facts, part_forms, neighbours),
        terms={
            kind: f"{term.n} {term.unit.value}"
            for kind in ("promised", "statutory", "supplement")
            if (term := getattr(terms, kind)) is not None
        },
    )


def _check_given(pack: Pack, case: GoldenCase, locked: set[str]) -> None:
    if faults := check_values(pack, case.form):
        raise faults[0]
    for path in case.form:
        if path in locked:
            raise Refused(
                code="declared.value.locked",
                zh=f"“{path}”来自核验过的数据，不能改。有错请点“内容有误”申请更正",
                en=f"{path} comes from verified data and cannot be changed. If it is wrong, ask for a correction",
                field=path,
            )


def _run_parts(pack: Pack, case: GoldenCase, facts: Facts) -> tuple[Facts, dict[str, dict[str, Any]]]:
    """Open the parts wave by wave, each with the outcomes the case gives for the ones before."""
    forms: dict[str, dict[str, Any]] = {}
    for wave in walk.order_of(walk.open_parts(pack, facts)):
        for id in wave:
            forms[id] = walk.part_form(pack.part(id), facts)
        outcomes = {id: {"outcome": case.outcomes.get(id, {})} for id in wave}
        facts = facts.with_(parts={**facts.parts, **outcomes})
    return facts, forms


def _faces(
    pack: Pack,
    case: GoldenCase,
    facts: Facts,
    part_forms: Mapping[str, dict[str, Any]],
    neighbours: Mapping[str, Pack],
) -> dict[str, dict[str, Any]]:
    faces = {issue.type: walk.face_of(issue, facts) for issue in walk.issued_certificates(pack, facts)}
    for id, form in part_forms.items():
        if (neighbour := neighbours.get(pack.part(id).pack)) is not None:
            inner = facts.with_(form=form, outcome=case.outcomes.get(id, {}))
            faces |= {issue.type: walk.face_of(issue, inner) for issue in walk.issued_certificates(neighbour, inner)}
    return faces


def _suggestions(
    pack: Pack, facts: Facts, part_forms: Mapping[str, dict[str, Any]], neighbours: Mapping[str, Pack]
) -> dict[str, Any]:
    found = walk.suggested_outcome(pack, facts)
    for id, form in part_forms.items():
        if (neighbour := neighbours.get(pack.part(id).pack)) is not None:
            offered = walk.suggested_outcome(neighbour, facts.with_(form=form))
            found |= {f"{id}.{name}": value for name, value in offered.items()}
    return found


def differences(pack: Pack, case: GoldenCase, neighbours: Mapping[str, Pack]) -> Iterator[Difference]:
    """Yield where the pack does not do what the case expects; nothing when it holds."""
    expected = case.expect
    try:
        came = play(pack, case, neighbours)
    except Refused as refused:
        if refused.code != expected.refused or (expected.field and refused.field != expected.field):
            yield Difference("refused", expected.refused or None, f"{refused.code} {refused.field or ''}".strip())
        return
    if expected.refused:
        yield Difference("refused", expected.refused, None)
        return
    for member in fields(Expectation):
        wanted, got = getattr(expected, member.name), getattr(came, member.name)
        if wanted is None or wanted == "":
            continue
        if isinstance(wanted, dict):
            yield from _in_mapping(member.name, wanted, got or {})
        elif wanted != got:
            yield Difference(member.name, wanted, got)


def _in_mapping(name: str, wanted: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Difference]:
    """A mapping states some of its members; the rest is free. An empty one states that there is nothing."""
    if not wanted and got:
        yield Difference(name, {}, dict(got))
    for key, value in wanted.items():
        if isinstance(value, dict) and isinstance(got.get(key), Mapping):
            yield from _in_mapping(f"{name}.{key}", value, got[key])
        elif not _same(got.get(key), value):
            yield Difference(f"{name}.{key}", value, got.get(key))


def _same(came: Any, wanted: Any) -> bool:
    """Return whether two values are the same; numbers are by value, for FEEL reckons in decimals and YAML reads floats."""
    numbers = all(isinstance(one, int | float | Decimal) and not isinstance(one, bool) for one in (came, wanted))
    return Decimal(str(came)) == Decimal(str(wanted)) if numbers else bool(came == wanted)

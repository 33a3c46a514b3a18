"""A pack walked with facts in hand（走查）: what is asked, read, missing, needed, opened and issued. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhengtong.declared.facts import Facts, holds, to_feel, worth
from zhengtong.declared.shapes import (
    CertificateIssue,
    DataUse,
    FormPage,
    MaterialNeed,
    OutcomeField,
    Pack,
    Part,
    Question,
    Terms,
)
from zhengtong.kit import Refused

ReadRow = Callable[[DataUse, dict[str, Any]], Mapping[str, Any] | None]


@dataclass(frozen=True)
class FilledValue:
    """A form value that came from data（预填值）, and which use it came through."""

    value: Any
    use: str
    locked: bool


@dataclass(frozen=True)
class NeededMaterial:
    """A material the situation asks for（所需材料）; `spared_by` says what replaces it, "" when it must be brought."""

    need: MaterialNeed
    spared_by: str


def open_questions(pack: Pack, facts: Facts) -> tuple[Question, ...]:
    """Return the questions asked in this situation."""
    return tuple(question for question in pack.questions if holds(question.when, facts))


def check_answers(pack: Pack, facts: Facts) -> None:
    """Refuse an answer that is not offered, an open question left out, and an answer to a question nobody asked."""
    asked = {question.id: question for question in open_questions(pack, facts)}
    for id, answer in facts.answers.items():
        if id not in asked:
            raise _refuse_answer(id, "unknown-question", "没有这个问题", "that question is not asked here")
        if answer not in dict(asked[id].options):
            raise _refuse_answer(id, "not-an-option", "不在可选答案里", "that is not one of the answers offered")
    for id in asked:
        if id not in facts.answers:
            raise _refuse_answer(id, "unanswered", "还没有回答", "it has not been answered")


def _refuse_answer(question: str, reason: str, zh: str, en: str) -> Refused:
    return Refused(
        code=f"declared.answer.{reason}",
        zh=f"情形问题“{question}”：{zh}，请返回重新选择",
        en=f"Situation question {question}: {en}. Please go back and choose again",
        field=f"answers.{question}",
    )


def open_pages(pack: Pack, facts: Facts) -> tuple[FormPage, ...]:
    """Return the form pages shown in this situation, in order."""
    return tuple(page for page in pack.form.pages if holds(page.when, facts))


def open_paths(pack: Pack, facts: Facts) -> tuple[str, ...]:
    """Return the form paths asked in this situation, in page order, each once."""
    return tuple(dict.fromkeys(path for page in open_pages(pack, facts) for path in page.fields))


def field_schema(pack: Pack, path: str) -> dict[str, Any]:
    """Return the JSON Schema of a form path; KeyError if the form has none of that path."""
    group, _, name = path.partition(".")
    found: dict[str, Any] = pack.form.schema["properties"][group]["properties"][name]
    return found


def is_required(pack: Pack, path: str) -> bool:
    """Return whether the path must have a value once its page is open."""
    group, _, name = path.partition(".")
    return name in pack.form.schema["properties"][group].get("required", ())


def missing_fields(pack: Pack, facts: Facts) -> tuple[str, ...]:
    """Return the required paths of open pages that have no value yet."""
    return tuple(path for path in open_paths(pack, facts) if is_required(pack, path) and is_empty(facts.form.get(path)))


def is_empty(value: Any) -> bool:
    """Return whether a form value counts as not given."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == []


def default_values(pack: Pack, facts: Facts) -> dict[str, Any]:
    """Return the defaults of the open paths that have no value yet."""
    schemas = {path: field_schema(pack, path) for path in open_paths(pack, facts)}
    return {
        path: schema["default"]
        for path, schema in schemas.items()
        if "default" in schema and is_empty(facts.form.get(path))
    }


def fields_of(pack: Pack, use: DataUse) -> tuple[str, ...]:
    """Return the resource fields a data use asks for: what it fills, what checks compare, what it names besides."""
    checked = [check.right for check in pack.checks if check.use == use.id]
    return tuple(dict.fromkeys([*use.fills.values(), *use.fields, *checked]))


def key_of(use: DataUse, facts: Facts) -> dict[str, Any] | None:
    """Return the key a data use reads by, without members that are null; None when nothing is left."""
    values = {field: worth(expression, facts) for field, expression in use.key.items()}
    return {field: value for field, value in values.items() if not is_empty(value)} or None


def prefill(pack: Pack, facts: Facts, read: ReadRow, *, on: str = "start") -> tuple[Facts, dict[str, FilledValue]]:
    """Run the data uses of a moment through `read`; return the facts with what was found, and each value's source.

    A value that an earlier use or the applicant has given stays; a use whose key is unknown is not run.
    """
    filled: dict[str, FilledValue] = {}
    for use in pack.data_uses:
        if use.on != on or not holds(use.when, facts):
            continue
        key = key_of(use, facts)
        if key is None:
            continue
        row = read(use, key)
        facts = facts.with_(data={**facts.data, use.id: row})
        found = {} if row is None else {path: to_feel(row.get(field)) for path, field in use.fills.items()}
        fresh = {path: value for path, value in found.items() if not is_empty(value) and path not in facts.form}
        filled.update({path: FilledValue(value, use.id, use.locks) for path, value in fresh.items()})
        facts = facts.with_(form={**facts.form, **fresh})
    return facts, filled


def needed_materials(pack: Pack, facts: Facts, held: Iterable[str] = ()) -> tuple[NeededMaterial, ...]:
    """Return the materials this situation asks for; `held` are the types of valid certificates the applicant holds."""
    certificates = set(held)
    return tuple(
        NeededMaterial(need, need.replaced_by if _is_spared(need, facts, certificates) else "")
        for need in pack.materials
        if holds(need.when, facts)
    )


def _is_spared(need: MaterialNeed, facts: Facts, certificates: set[str]) -> bool:
    kind, _, name = need.replaced_by.partition(":")
    if kind == "data":
        return facts.data.get(name) is not None
    return kind == "certificate" and name in certificates


def open_parts(pack: Pack, facts: Facts) -> tuple[Part, ...]:
    """Return the parts of a one-thing that this situation opens."""
    return tuple(part for part in pack.parts if holds(part.when, facts))


def waits_for(part: Part, parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the open parts that must be settled before this one."""
    opened = {other.id for other in parts}
    return tuple(id for id in part.after if id in opened)


def order_of(parts: Iterable[Part]) -> tuple[tuple[str, ...], ...]:
    """Return the parts in waves: those of a wave run side by side once the waves before are settled.

    Parts that wait for one another in a circle are left out; the checker of parts refuses them.
    """
    left = list(parts)
    done: set[str] = set()
    waves: list[tuple[str, ...]] = []
    while ready := [part for part in left if set(waits_for(part, left)) <= done]:
        waves.append(tuple(part.id for part in ready))
        done.update(waves[-1])
        left = [part for part in left if part.id not in done]
    return tuple(waves)


def part_form(part: Part, facts: Facts) -> dict[str, Any]:
    """Return the form of a part, dotted path → value, out of the shared form and the outcomes so far."""
    values = {path: worth(expression, facts) for path, expression in part.maps.items()}
    return {path: value for path, value in values.items() if not is_empty(value)}


def issued_certificates(pack: Pack, facts: Facts) -> tuple[CertificateIssue, ...]:
    """Return the certificates that granting issues in this situation."""
    return tuple(issue for issue in pack.certificates if holds(issue.when, facts))


def face_of(issue: CertificateIssue, facts: Facts) -> dict[str, Any]:
    """Return the face of a certificate, key → value, in order; what is not known is None."""
    return {field.key: worth(field.value, facts) for field in issue.face}


def terms_in(pack: Pack, facts: Facts) -> Terms:
    """Return the terms that hold in this situation: those of the first situation that is true, else the usual ones."""
    for one in pack.terms.by_situation:
        if holds(one.when, facts):
            return replace(pack.terms, promised=one.promised, statutory=one.statutory or pack.terms.statutory)
    return pack.terms


def open_outcome(pack: Pack, facts: Facts) -> tuple[OutcomeField, ...]:
    """Return the outcome fields asked, given what the officer has entered so far (`facts.outcome`)."""
    return tuple(field for field in pack.outcome if holds(field.when, facts))


def check_outcome(pack: Pack, facts: Facts) -> None:
    """Refuse a value of the outcome that its options do not have."""
    for field in open_outcome(pack, facts):
        value = facts.outcome.get(field.id)
        if field.options and value is not None and value not in dict(field.options):
            raise Refused(
                code="declared.outcome.not-an-option",
                zh=f"办理结果“{field.label.zh}”没有 {value} 这一项，请从列出的选项中选择",
                en=f"{field.label.en} cannot be {value}; choose one of the options",
                field=f"outcome.{field.id}",
            )


def suggested_outcome(pack: Pack, facts: Facts) -> dict[str, Any]:
    """Return what the officer is offered for each outcome field that has a suggestion."""
    values = {field.id: worth(field.suggest, facts) for field in pack.outcome if field.suggest}
    return {id: value for id, value in values.items() if not is_empty(value)}

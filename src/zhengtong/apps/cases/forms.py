"""Which questions, pages and fields a situation asks（情形与表单）, from the pack's conditions alone."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from zhengtong.apps.cases.scope import Scope, holds
from zhengtong.apps.cases.shapes import FieldFault
from zhengtong.declared.shapes import FormPage, MaterialNeed, Pack, Question


def asked_questions(pack: Pack, scope: Scope) -> list[Question]:
    """Return the situation questions that apply, in order."""
    return [question for question in pack.questions if holds(question.when, scope)]


def shown_pages(pack: Pack, scope: Scope) -> list[FormPage]:
    """Return the pages that apply, in order."""
    return [page for page in pack.form.pages if holds(page.when, scope)]


def next_page(pack: Pack, scope: Scope, seen: Container[str]) -> FormPage | None:
    """Return the first page that applies and has not been seen, None where there is none left."""
    return next((page for page in pack.form.pages if page.id not in seen and holds(page.when, scope)), None)


def wanted_materials(pack: Pack, scope: Scope) -> list[MaterialNeed]:
    """Return the materials that apply, replaced ones too."""
    return [need for need in pack.materials if holds(need.when, scope)]


def field_schema(pack: Pack, path: str) -> Mapping[str, Any]:
    """Return the JSON Schema of one field by its dotted path; an empty one when the form does not know it."""
    node: Any = pack.form.schema
    for name in path.split("."):
        node = node.get("properties", {}).get(name, {})
    return node


def is_required(pack: Pack, path: str) -> bool:
    """Return whether the form demands the field when a page asks it."""
    *groups, leaf = path.split(".")
    node: Any = pack.form.schema
    for name in groups:
        node = node.get("properties", {}).get(name, {})
    return leaf in node.get("required", ())


def field_title(pack: Pack, path: str) -> tuple[str, str]:
    """Return the field's title in Chinese and English, the path itself for want of one."""
    schema = field_schema(pack, path)
    zh = str(schema.get("title", path))
    return zh, str(schema.get("x-title-en", zh))


def unanswered(pack: Pack, scope: Scope) -> list[FieldFault]:
    """Return the situation questions without an answer, or with one that is not offered."""
    answers = scope["answers"]
    faults = []
    for question in asked_questions(pack, scope):
        given = answers.get(question.id)
        if given not in {value for value, _ in question.options}:
            faults.append(
                FieldFault(
                    path=f"question:{question.id}",
                    code="answer",
                    zh=f"请回答“{question.title.zh}”",
                    en=f"Answer “{question.title.en}”",
                )
            )
    return faults

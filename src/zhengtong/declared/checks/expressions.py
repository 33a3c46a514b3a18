"""Every expression compiles and speaks only of names that exist（表达式检查）."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from zhengtong.declared.checks.ground import Ground, form_paths
from zhengtong.declared.facts import NAMES
from zhengtong.declared.shapes import Finding
from zhengtong.declared.walk import fields_of
from zhengtong.declared.yaml_source import Place
from zhengtong.kit import Refused
from zhengtong.rules import compile_condition, compile_expression

CONCERN = "feel"
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
REFERENCE = re.compile(r"\b(answers|applicant|data|form|outcome|parts)((?:\.[A-Za-z_]\w*)+)")
APPLICANT = frozenset(["kind", "name", "id_number", "sex", "born_on", "phone", "address", "region_code"])


def check_expressions(ground: Ground) -> Iterator[Finding]:
    """Yield expressions that do not compile, and names nobody defines."""
    known = _known(ground)
    for place, text, is_condition in list_expressions(ground):
        if not text:
            continue
        try:
            (compile_condition if is_condition else compile_expression)(text, NAMES)
        except Refused as fault:
            yield ground.finding(
                CONCERN,
                place,
                (f"表达式“{text}”写得不对：{fault.zh}", f"the expression {text} is wrong: {fault.en}"),
                ("用到它的地方都会出错", "whatever depends on it would fail"),
                ("照 FEEL 的写法改正", "write it as FEEL"),
            )
            continue
        for root, path in REFERENCE.findall(STRING.sub('""', text)):
            if (name := root + path) not in known and not _is_inside(name, known):
                yield ground.finding(
                    CONCERN,
                    place,
                    (f"“{name}”不存在", f"{name} does not exist"),
                    ("表达式会一直得到空值", "the expression would always see null"),
                    ("改成表单、问题、数据或环节里有的名字", "use a name that the form, questions, data or parts have"),
                )


def list_expressions(ground: Ground) -> Iterator[tuple[Place, str, bool]]:
    """Yield place, text and "is a condition" of every expression in the pack."""
    pack = ground.pack
    sections: tuple[tuple[Place, tuple[Any, ...]], ...] = (
        (("questions",), pack.questions),
        (("form", "pages"), pack.form.pages),
        (("data_uses",), pack.data_uses),
        (("materials",), pack.materials),
        (("certificates",), pack.certificates),
        (("parts",), pack.parts),
        (("outcome",), pack.outcome),
        (("terms", "by_situation"), pack.terms.by_situation),
    )
    for section, items in sections:
        for at, item in enumerate(items):
            yield (*section, at, "when"), item.when, True
    yield from _values(ground)


def _values(ground: Ground) -> Iterator[tuple[Place, str, bool]]:
    pack = ground.pack
    for at, use in enumerate(pack.data_uses):
        yield from ((("data_uses", at, "key", field), text, False) for field, text in use.key.items())
    for at, issue in enumerate(pack.certificates):
        yield ("certificates", at, "number"), issue.number, False
        yield from ((("certificates", at, "face", face.key), face.value, False) for face in issue.face)
    for at, field in enumerate(pack.outcome):
        yield ("outcome", at, "suggest"), field.suggest, False
    for at, check in enumerate(pack.checks):
        yield ("checks", at, "left"), check.left, False
    if pack.handling.payment:
        yield ("handling", "payment", "yuan"), pack.handling.payment.yuan, False
        yield ("handling", "payment", "when"), pack.handling.payment.when, True
    for at, part in enumerate(pack.parts):
        yield from ((("parts", at, "maps", path), text, False) for path, text in part.maps.items())


def _known(ground: Ground) -> set[str]:
    pack = ground.pack
    known = {f"answers.{question.id}" for question in pack.questions}
    known |= {f"applicant.{name}" for name in APPLICANT}
    known |= {f"form.{path}" for path in form_paths(pack)}
    known |= {f"outcome.{field.id}" for field in pack.outcome}
    for use in pack.data_uses:
        known |= {f"data.{use.id}.{field}" for field in (*fields_of(pack, use), *use.key)}
    for part in pack.parts:
        neighbour = ground.neighbours.get(part.pack)
        known |= {f"parts.{part.id}.outcome.{field.id}" for field in neighbour.outcome} if neighbour else set()
    return known


def _is_inside(name: str, known: set[str]) -> bool:
    """Return whether the name is a whole group of known names, as `form.child` is."""
    return any(other.startswith(f"{name}.") for other in known)

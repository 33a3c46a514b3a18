"""What a department declares（事项包）, as frozen values: the one reading every room works from.

Everything here is immutable, free of Django, and goes to JSON and back without loss (`Pack.to_canonical`,
`pack_from_canonical`). Expressions are FEEL text; `zhengtong.rules` compiles them.
Names in scope: `applicant`, `answers`, `data`, `form`, `outcome`, `parts`, `today` (see packs/README.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Protocol, TypeVar

import msgspec

from zhengtong.declared.bilingual import Text
from zhengtong.declared.elements import Fee, Proactive, Service, SituationTerms, Terms
from zhengtong.declared.examples import Expectation, GoldenCase
from zhengtong.declared.handling import Handling
from zhengtong.kit import Basis
from zhengtong.kit.canonical import digest

__all__ = [
    "CertificateIssue",
    "DataCheck",
    "DataUse",
    "Expectation",
    "FaceField",
    "Fee",
    "Finding",
    "Form",
    "FormPage",
    "GoldenCase",
    "Handling",
    "MaterialNeed",
    "OutcomeField",
    "Pack",
    "Parameter",
    "ParameterValue",
    "Part",
    "Proactive",
    "Question",
    "Service",
    "SituationTerms",
    "Terms",
    "Text",
]


@dataclass(frozen=True)
class Question:
    """A situation question（情形引导） asked before the form; `when` decides whether it is asked at all."""

    id: str
    title: Text
    options: tuple[tuple[str, Text], ...]
    help: Text | None = None
    when: str = ""


@dataclass(frozen=True)
class FormPage:
    """One page of the form（表单页）: the dotted paths it asks, shown while `when` holds."""

    id: str
    title: Text
    fields: tuple[str, ...]
    help: Text | None = None
    when: str = ""


@dataclass(frozen=True)
class Form:
    """The form（表单）: a JSON Schema 2020-12 of objects one level deep, and the pages it is asked on."""

    schema: dict[str, Any]
    pages: tuple[FormPage, ...]


@dataclass(frozen=True)
class DataUse:
    """Data the matter reads instead of asking for（数据调用）: which resource, why, on what basis, into which fields.

    `key` gives the resource's key fields by FEEL over applicant and form; `fills` maps form path → resource field;
    `locks` makes what was found unchangeable; `on` is "start" or the page whose saving triggers the read;
    `consumer` is the function of the organisation whose grant is used ("" = the owner of the pack).
    """

    id: str
    resource: str
    purpose: Text
    basis: Basis
    key: dict[str, str]
    fills: dict[str, str] = field(default_factory=dict)
    mode: str = "prefill"
    locks: bool = True
    when: str = ""
    on: str = "start"
    consumer: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class MaterialNeed:
    """What the applicant brings（材料）; `replaced_by` ("data:<use>", "certificate:<type>") is what spares them.

    `need`: "required", "optional" or "tolerated"（容缺后补）. `source` is where it comes from（来源渠道）: "10" the applicant's
    own, "20" issued by a government department, "99" issued by somebody else.
    """

    id: str
    title: Text
    need: str
    formats: tuple[str, ...]
    max_bytes: int
    basis: Basis
    replaced_by: str = ""
    when: str = ""
    help: Text | None = None
    source: str = ""


@dataclass(frozen=True)
class FaceField:
    """One line on the face of a certificate（照面项）; `value` is FEEL over form, outcome, parts."""

    key: str
    label: Text
    value: str


@dataclass(frozen=True)
class CertificateIssue:
    """A certificate the matter issues when granted（签发证照）; `holder` is "applicant" or a group of the form."""

    type: str
    title: Text
    holder: str
    face: tuple[FaceField, ...]
    number: str = ""
    valid_years: int | None = None
    when: str = ""


@dataclass(frozen=True)
class OutcomeField:
    """What the officer enters when granting（办理结果项）; later parts of a one-thing may read it.

    `options` are the only values it may have, when there are any; while `when` is false it is not asked.
    """

    id: str
    label: Text
    format: str = ""
    suggest: str = ""
    required: bool = True
    options: tuple[tuple[str, Text], ...] = ()
    when: str = ""


@dataclass(frozen=True)
class DataCheck:
    """A comparison the desk shows（数据核验）: a value of the form (FEEL) against a field of a data use."""

    id: str
    title: Text
    left: str
    use: str
    right: str


@dataclass(frozen=True)
class Part:
    """One matter inside a one-thing（联办事项）: what must be settled before it, and where its form comes from.

    The id is a FEEL name (no hyphen), so that `parts.<id>.outcome.<field>` can be written.
    """

    id: str
    pack: str
    maps: dict[str, str]
    after: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class ParameterValue:
    """What a parameter was worth from a day on（参数值）, and why."""

    since: date
    value: Any
    basis: Basis


@dataclass(frozen=True)
class Parameter:
    """A dated value of the law or the department（参数）."""

    id: str
    title: Text
    unit: str
    values: tuple[ParameterValue, ...]


@dataclass(frozen=True)
class Pack:
    """A declared matter or one-thing（事项包）: everything the platform needs to offer, run and explain it."""

    id: str
    kind: str
    title: Text
    summary: Text
    owner: str
    since: date
    audience: str
    task_type: str
    bases: tuple[Basis, ...]
    terms: Terms
    result: Text
    form: Form
    regions: tuple[str, ...] = ()
    until: date | None = None
    catalog_code: str = ""
    theme: str = ""
    visits: int = 0
    fee: Text | None = None
    fees: tuple[Fee, ...] = ()
    service: Service = Service()  # noqa: RUF009  frozen
    result_kind: str = ""
    sample: Text | None = None
    conditions: tuple[Text, ...] = ()
    faq: tuple[tuple[Text, Text], ...] = ()
    keywords: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    data_uses: tuple[DataUse, ...] = ()
    materials: tuple[MaterialNeed, ...] = ()
    certificates: tuple[CertificateIssue, ...] = ()
    outcome: tuple[OutcomeField, ...] = ()
    flow: str = "standard"
    checks: tuple[DataCheck, ...] = ()
    phrases: tuple[Text, ...] = ()
    handling: Handling = Handling()  # noqa: RUF009  frozen
    proactive: Proactive | None = None
    parts: tuple[Part, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    golden: tuple[GoldenCase, ...] = ()

    def to_canonical(self) -> dict[str, Any]:
        """Return the pack as plain JSON values: what is hashed, stored and published."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @cached_property
    def digest(self) -> str:
        """ "sha256:" and the SHA-256 of the RFC 8785 bytes of the canonical form — of the one it was read from, if it was.

        So a version published before a member was added keeps the name under which it is stored.
        """
        return digest(self.to_canonical())

    def question(self, id: str) -> Question:
        """Return a question by id; KeyError if the pack has none of that id."""
        return _named(self.questions, id)

    def data_use(self, id: str) -> DataUse:
        """Return a data use by id; KeyError if the pack has none of that id."""
        return _named(self.data_uses, id)

    def material(self, id: str) -> MaterialNeed:
        """Return a material by id; KeyError if the pack has none of that id."""
        return _named(self.materials, id)

    def part(self, id: str) -> Part:
        """Return a part by id; KeyError if the pack has none of that id."""
        return _named(self.parts, id)

    def page(self, id: str) -> FormPage:
        """Return a form page by id; KeyError if the pack has none of that id."""
        return _named(self.form.pages, id)


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item", bound=_Named)


def _named(items: tuple[_Item, ...], id: str) -> _Item:
    for item in items:
        if item.id == id:
            return item
    raise KeyError(id)


@dataclass(frozen=True)
class Finding:
    """What a checker found（检查发现）: where, what is wrong, why it matters, what to write instead."""

    file: str
    line: int
    concern: str
    wrong: Text
    why: Text
    instead: Text

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.concern}] {self.wrong.zh}——{self.why.zh}。{self.instead.zh}"

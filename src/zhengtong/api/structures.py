"""What operations take and give（接口数据结构）, as msgspec structures: checked on the way in, written on the way out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Plain = str | int | float | bool | list[str] | None
Short = Annotated[str, Meta(max_length=80)]
Number = Annotated[str, Meta(pattern="^[0-9]{20,24}$", description="办件编号 / number of a case")]
Words = Annotated[str, Meta(max_length=1000)]


class Taken(Struct, frozen=True, forbid_unknown_fields=True):
    """What a request may carry: nothing unknown."""


class File(Taken):
    """A file for a material of the matter（材料文件）."""

    material_id: Short
    name: Annotated[str, Meta(max_length=200)]
    content: Annotated[bytes, Meta(description="base64")]


class NewCase(Taken):
    """An application in one piece（一次申报）: answers to the situation questions, and the form by dotted path."""

    matter: Short
    answers: dict[Short, Short] = {}
    values: dict[Short, Plain] = {}
    files: Annotated[list[File], Meta(max_length=30)] = []
    region: Annotated[str, Meta(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12})?$")] = ""


class Nothing(Taken):
    """A request that needs nothing said."""


class Decision(Taken):
    """A decision（办结）: granted with its outcome, or denied with a reason."""

    decision: Literal["granted", "denied"]
    reason: Words = ""
    outcome: dict[Short, Annotated[str, Meta(max_length=200)]] = {}


class Withdrawal(Taken):
    """A withdrawal（撤回）."""

    reason: Words = ""


class Tracking(Taken):
    """What a receipt shows, for asking where a case stands（进度查询）."""

    no: Short
    phone_last4: Annotated[str, Meta(max_length=8)]
    code: Annotated[str, Meta(max_length=12)]


class Organisation(Struct, frozen=True):
    """An organisation（机构）."""

    uscc: str
    name_zh: str
    name_en: str


class Me(Struct, frozen=True):
    """Who acts with the token（当前操作人）."""

    kind: str
    label: str
    scopes: list[str]
    organisation: Organisation | None
    roles: list[str]
    acting_for: str


class Clock(Struct, frozen=True):
    """The legal clock（时限）: "running", "paused" or "done"; workdays left; in which bucket."""

    state: str
    remaining_days: int | None
    bucket: str
    due_on: dt.date | None
    reason_zh: str
    reason_en: str


class Event(Struct, frozen=True):
    """One entry of the timeline（办理记录）."""

    seq: int
    at: dt.datetime
    kind: str
    label_zh: str
    label_en: str
    by: str
    receipt_no: str
    case_no: str


class Value(Struct, frozen=True):
    """A value of the form with where it came from（字段值与来源）."""

    value: Any
    source: str
    verified: bool
    receipt_no: str


class Line(Struct, frozen=True):
    """A case in a list（办件列表）."""

    no: str
    matter: str
    title_zh: str
    title_en: str
    state: str
    state_zh: str
    state_en: str
    submitted_at: dt.datetime
    due_on: dt.date | None
    version: int
    applicant_masked: str


class Case(Struct, frozen=True):
    """A case（办件）as whoever asks may see it."""

    no: str
    matter: str
    title_zh: str
    title_en: str
    state: str
    state_zh: str
    state_en: str
    version: int
    applicant_masked: str
    organisation: Organisation | None
    submitted_at: dt.datetime
    accepted_at: dt.datetime | None
    settled_at: dt.datetime | None
    promised_on: dt.date | None
    statutory_on: dt.date | None
    clock: Clock
    allowed: list[str]
    decision_reason: str
    outcome: dict[str, Any]
    values: dict[str, Value]
    certificates: list[str]
    timeline: list[Event]
    parts: list[str]
    receipt_no: str
    track_code: str


class Page(Struct, frozen=True):
    """A page of cases; totals are counted to 10,000."""

    rows: list[Line]
    total: int
    page: int
    pages: int


class Matter(Struct, frozen=True):
    """A matter（事项）in a list."""

    code: str
    title_zh: str
    title_en: str
    kind: str
    department: str


class Matters(Struct, frozen=True):
    """Matters found."""

    rows: list[Matter]
    total: int


class Option(Struct, frozen=True):
    """One answer a situation question offers."""

    value: str
    title_zh: str
    title_en: str


class Question(Struct, frozen=True):
    """A situation question（情形引导）; `when` is the FEEL condition under which it is asked."""

    id: str
    title_zh: str
    title_en: str
    when: str
    options: list[Option]


class FormPage(Struct, frozen=True):
    """A page of the form with its fields' dotted paths; `when` is the FEEL condition under which it applies."""

    id: str
    title_zh: str
    title_en: str
    when: str
    fields: list[str]


class Material(Struct, frozen=True):
    """A material the matter may need（应交材料）."""

    id: str
    title_zh: str
    title_en: str
    need: str
    when: str
    formats: list[str]


class Form(Struct, frozen=True):
    """What a matter asks of an applicant（申报要求）: questions, the form's JSON Schema, pages, materials."""

    matter: str
    title_zh: str
    title_en: str
    version: str
    questions: list[Question]
    form_schema: dict[str, Any]
    pages: list[FormPage]
    materials: list[Material]


class Progress(Struct, frozen=True):
    """Where a case stands, with nobody's data in it（进度）."""

    no: str
    title_zh: str
    title_en: str
    state: str
    state_zh: str
    state_en: str
    submitted_at: dt.datetime
    promised_on: dt.date | None
    clock: Clock
    timeline: list[Event]


class Problem(Struct, frozen=True):
    """A "no" as RFC 9457 tells it, in Chinese（title）and English（detail）."""

    type: str
    title: str
    detail: str
    status: int
    code: str = ""
    instance: str = ""
    field: str = ""
    basis: str = ""
    facts: dict[str, Any] = {}

"""Shapes of the capabilities as the interface tells them（转述）."""

from __future__ import annotations

from zhengtong.api import structures as told
from zhengtong.apps.cases.shapes import CaseLine, CaseShape, ClockView, Event, QueuePage, QueueRow, TrackShape
from zhengtong.apps.matters.shapes import MatterShape
from zhengtong.apps.people.shapes import Actor, OrganisationShape
from zhengtong.declared.shapes import Pack


def case(shape: CaseShape) -> told.Case:
    """Return a case."""
    return told.Case(
        no=shape.no,
        matter=shape.matter_code,
        title_zh=shape.title_zh,
        title_en=shape.title_en,
        state=str(shape.state),
        state_zh=shape.state_zh,
        state_en=shape.state_en,
        version=shape.version,
        applicant_masked=shape.applicant.masked_name,
        organisation=organisation(shape.organisation),
        submitted_at=shape.submitted_at,
        accepted_at=shape.accepted_at,
        settled_at=shape.settled_at,
        promised_on=shape.promised_on,
        statutory_on=shape.statutory_on,
        clock=clock(shape.clock),
        allowed=list(shape.allowed),
        decision_reason=shape.decision_reason,
        outcome=dict(shape.outcome),
        values={
            path: told.Value(held.value, held.source, held.verified, held.receipt_no)
            for path, held in shape.values.items()
        },
        certificates=list(shape.certificates),
        timeline=[event(one) for one in shape.timeline],
        parts=[part.no for part in shape.parts],
        receipt_no=shape.receipt_no,
        track_code=shape.track_code,
    )


def page(found: QueuePage) -> told.Page:
    """Return a page of an officer's cases."""
    return told.Page([row(one) for one in found.rows], found.total, found.page, found.pages)


def row(one: QueueRow) -> told.Line:
    """Return a line of an officer's list."""
    return told.Line(
        one.no, "", one.title_zh, one.title_en, str(one.state), one.state_zh, one.state_en, one.submitted_at, one.due_on,
        one.version, one.applicant_masked,
    )  # fmt: skip


def own_line(one: CaseLine) -> told.Line:
    """Return a line of an applicant's list."""
    return told.Line(
        one.no, one.matter_code, one.title_zh, one.title_en, str(one.state), one.state_zh, one.state_en, one.submitted_at,
        one.due_on or one.promised_on, 0, "",
    )  # fmt: skip


def progress(shape: TrackShape) -> told.Progress:
    """Return where a case stands."""
    return told.Progress(
        shape.no, shape.title_zh, shape.title_en, str(shape.state), shape.state_zh, shape.state_en, shape.submitted_at,
        shape.promised_on, clock(shape.clock), [event(one) for one in shape.timeline],
    )  # fmt: skip


def clock(view: ClockView) -> told.Clock:
    """Return the clock."""
    return told.Clock(view.state, view.remaining_days, view.bucket, view.due_on, view.reason_zh, view.reason_en)


def event(one: Event) -> told.Event:
    """Return an entry of the timeline."""
    return told.Event(one.seq, one.at, one.kind, one.label_zh, one.label_en, one.by_label, one.receipt_no, one.case_no)


def organisation(shape: OrganisationShape | None) -> told.Organisation | None:
    """Return an organisation."""
    return told.Organisation(shape.uscc, shape.name_zh, shape.name_en) if shape else None


def me(by: Actor, scopes: frozenset[str]) -> told.Me:
    """Return who acts."""
    return told.Me(
        kind=by.kind,
        label=by.label,
        scopes=sorted(scopes),
        organisation=organisation(by.organisation),
        roles=sorted(by.roles),
        acting_for=by.acting_for.masked_name if by.acting_for else "",
    )


def matter(shape: MatterShape) -> told.Matter:
    """Return a matter of a list."""
    return told.Matter(shape.code, shape.title_zh, shape.title_en, shape.kind, shape.department_name)


def form(pack: Pack) -> told.Form:
    """Return what a matter asks of an applicant."""
    return told.Form(
        matter=pack.id,
        title_zh=pack.title.zh,
        title_en=pack.title.en,
        version=pack.digest,
        questions=[
            told.Question(
                one.id,
                one.title.zh,
                one.title.en,
                one.when,
                [told.Option(value, text.zh, text.en) for value, text in one.options],
            )
            for one in pack.questions
        ],
        form_schema=dict(pack.form.schema),
        pages=[
            told.FormPage(one.id, one.title.zh, one.title.en, one.when, list(one.fields)) for one in pack.form.pages
        ],
        materials=[
            told.Material(one.id, one.title.zh, one.title.en, one.need, one.when, list(one.formats))
            for one in pack.materials
        ],
    )

"""The application as officers read it（申请表）."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import CaseShape, DataCheckRow, FieldValue
from zhengtong.declared.shapes import FormPage
from zhengtong.portals.desk.contexts import AnswerBlock, AnswerLine
from zhengtong.portals.ui.days import say_moment
from zhengtong.portals.ui.forms import FieldSpec, say_value, spec_of, specs_of
from zhengtong.portals.ui.languages import pick, words_of


def blocks_of(case: CaseShape) -> tuple[AnswerBlock, ...]:
    """Return the values page by page, each once, with where it came from."""
    seen: set[str] = set()
    blocks = [
        AnswerBlock(words_of(form_page.title), _lines(case, form_page, seen)) for form_page in case.pack.form.pages
    ]
    return tuple(block for block in blocks if block.lines)


def in_words(case: CaseShape, row: DataCheckRow) -> DataCheckRow:
    """Return a comparison with codes said in the words of the form's own options."""
    check = next((one for one in case.pack.checks if one.id == row.id), None)
    if check is None:
        return row
    try:
        spec = spec_of(case.pack.form.schema, check.left.removeprefix("form."))
    except KeyError:
        return row
    if not spec.options:
        return row
    return replace(row, entered=say_value(spec, row.entered), shared=say_value(spec, row.shared))


def _lines(case: CaseShape, form_page: FormPage, seen: set[str]) -> tuple[AnswerLine, ...]:
    values: Mapping[str, FieldValue] = case.values
    lines = []
    for spec in specs_of(case.pack.form.schema, form_page.fields):
        held = values.get(spec.path)
        if held is None or spec.path in seen:
            continue
        seen.add(spec.path)
        lines.append(_line(spec, held))
    return tuple(lines)


def _line(spec: FieldSpec, held: FieldValue) -> AnswerLine:
    title = pick(held.source_title_zh, held.source_title_en)
    source = _("%(source)s %(when)s") % {"source": title, "when": say_moment(held.retrieved_at)} if title else ""
    return AnswerLine(spec.label, say_value(spec, held.value), source.strip(), held.verified)

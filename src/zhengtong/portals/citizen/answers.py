"""A form's values as people read them（答案）: on the check page, the case page and the receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import FieldValue
from zhengtong.declared.shapes import FormPage, Pack
from zhengtong.portals.citizen.contexts import AnswerGroup, AnswerRow
from zhengtong.portals.ui.days import say_moment
from zhengtong.portals.ui.forms import FieldSpec, say_value, specs_of
from zhengtong.portals.ui.languages import pick, words_of


def groups_of(
    pack: Pack,
    values: Mapping[str, FieldValue],
    pages: Iterable[str] | None = None,
    change_url: Callable[[str], str] | None = None,
) -> tuple[AnswerGroup, ...]:
    """Return the answers page by page; a page without any value is left out unless `pages` asks for it.

    `change_url` gives the address at which the fields of a page are changed; verified values have none.
    """
    wanted = None if pages is None else set(pages)
    groups = []
    seen: set[str] = set()
    for form_page in pack.form.pages:
        if wanted is not None and form_page.id not in wanted:
            continue
        rows = _rows(pack, form_page, values, seen, wanted is not None, change_url)
        if rows:
            groups.append(AnswerGroup(words_of(form_page.title), rows))
    return tuple(groups)


def _rows(
    pack: Pack,
    form_page: FormPage,
    values: Mapping[str, FieldValue],
    seen: set[str],
    keep_empty: bool,
    change_url: Callable[[str], str] | None,
) -> tuple[AnswerRow, ...]:
    rows = []
    for spec in specs_of(pack.form.schema, form_page.fields):
        held = values.get(spec.path)
        if spec.path in seen or (held is None and not keep_empty):
            continue
        seen.add(spec.path)
        rows.append(_row(spec, held, change_url(form_page.id) if change_url else ""))
    return tuple(rows)


def _row(spec: FieldSpec, held: FieldValue | None, url: str) -> AnswerRow:
    if held is None:
        return AnswerRow(spec.label, "", "", url)
    source = ""
    title = pick(held.source_title_zh, held.source_title_en)
    if title and held.verified:
        source = _("已核实：%(source)s，%(when)s") % {"source": title, "when": say_moment(held.retrieved_at)}
    elif title:
        source = _("来自%(source)s") % {"source": title}
    return AnswerRow(spec.label, say_value(spec, held.value), source, "" if held.verified else url)

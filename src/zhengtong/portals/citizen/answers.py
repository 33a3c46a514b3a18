"""A form's values as people read them（答案）: on the check page, the case page and the receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from zhengtong.apps.cases.shapes import FieldValue
from zhengtong.declared.shapes import FormPage, Pack
from zhengtong.portals.citizen.contexts import AnswerGroup, AnswerRow, VerifiedBlock
from zhengtong.portals.ui.forms import FieldSpec, say_value, specs_of
from zhengtong.portals.ui.languages import pick, words_of

ChangeUrl = Callable[[str], str]


def groups_of(
    pack: Pack,
    values: Mapping[str, FieldValue],
    pages: Iterable[str] | None = None,
    change_url: ChangeUrl | None = None,
) -> tuple[AnswerGroup, ...]:
    """Return the answers page by page, each value once; pages without any are left out unless `pages` asks for them.

    `change_url` gives the address at which the fields of a page are changed; verified values have none.
    """
    wanted = None if pages is None else set(pages)
    groups = []
    seen: set[str] = set()
    for form_page in pack.form.pages:
        if wanted is not None and form_page.id not in wanted:
            continue
        group = _group(pack, form_page, values, seen, change_url)
        if group.rows or group.verified:
            groups.append(group)
    return tuple(groups)


def _group(
    pack: Pack, form_page: FormPage, values: Mapping[str, FieldValue], seen: set[str], change_url: ChangeUrl | None
) -> AnswerGroup:
    """Return one page's answers; an unanswered field shows only where it can be changed."""
    rows: list[AnswerRow] = []
    verified: dict[str, tuple[FieldValue, list[AnswerRow]]] = {}
    for spec in specs_of(pack.form.schema, form_page.fields):
        held = values.get(spec.path)
        if spec.path in seen or (held is None and change_url is None):
            continue
        seen.add(spec.path)
        if held is not None and held.verified:
            row = AnswerRow(spec.label, say_value(spec, held.value), "", "")
            verified.setdefault(_source(held), (held, []))[1].append(row)
        else:
            rows.append(_row(spec, held, change_url(form_page.id) if change_url else ""))
    blocks = tuple(VerifiedBlock(source, held.retrieved_at, tuple(own)) for source, (held, own) in verified.items())
    return AnswerGroup(words_of(form_page.title), tuple(rows), blocks)


def _row(spec: FieldSpec, held: FieldValue | None, url: str) -> AnswerRow:
    if held is None:
        return AnswerRow(spec.label, "", "", url)
    title = _source(held)
    source = _("来自%(source)s") % {"source": title} if title else ""
    return AnswerRow(spec.label, say_value(spec, held.value), source, url)


def _source(held: FieldValue) -> str:
    return pick(held.source_title_zh, held.source_title_en)

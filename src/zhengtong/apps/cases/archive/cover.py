"""The cover of a case file（卷宗封面与办理记录）as one plain page that needs nothing else to be read or printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from zhengtong.apps.cases.scope import to_words
from zhengtong.apps.cases.shapes import CaseShape
from zhengtong.kit import to_local

STYLE = (
    "body{font:14px/1.6 sans-serif;margin:2em auto;max-width:60em;color:#111}"
    "h1{font-size:1.5em}h2{font-size:1.1em;margin-top:2em}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.35em .6em;text-align:left;"
    "vertical-align:top}th{width:14em;background:#f3f3f3}@media print{body{margin:0}}"
)


def cover_page(case: CaseShape, documents: Sequence[tuple[str, str, int]]) -> str:
    """Return the cover as HTML: what the case is, what was entered, what happened, what lies in the file.

    `documents` are (Chinese title, English title, pages).
    """
    facts = [
        ("办件编号 Case number", case.no),
        ("事项 Matter", f"{case.title_zh} {case.title_en}"),
        ("申请人 Applicant", f"{case.applicant.name}（{case.applicant.number_masked}）"),
        ("办理机构 Organisation", case.organisation.name_zh if case.organisation else "—"),
        ("结果 Result", f"{case.state_zh} {case.state_en}"),
        ("理由 Reason", case.decision_reason or "—"),
        ("提交 Submitted", _when(case.submitted_at)),
        ("受理 Accepted", _when(case.accepted_at)),
        ("办结 Settled", _when(case.settled_at)),
        ("承诺办结 Promised", str(case.promised_on or "—")),
        ("法定办结 By law", str(case.statutory_on or "—")),
    ]
    titles = _titles(case)
    entered = [(titles.get(path, path), to_words(held.value)) for path, held in case.values.items()]
    outcome = [(field.label.zh, to_words(case.outcome.get(field.id))) for field in case.pack.outcome]
    happened = [
        (_when(event.at), f"{event.label_zh} {event.by_label} {event.detail_zh}".strip(), event.receipt_no)
        for event in case.timeline
    ]
    listed = [(f"{zh} {en}", f"{pages} 页") for zh, en, pages in documents]
    body = "".join(
        [
            f"<h1>卷宗 {escape(case.no)}</h1>",
            _table("", facts),
            _table("申请内容 What was entered", entered),
            _table("办理结果 Outcome", outcome),
            _table("办理记录 What happened", [(when, f"{what}（{receipt}）") for when, what, receipt in happened]),
            _table("卷内文件 Documents", listed),
        ]
    )
    return f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(case.no)}</title><style>{STYLE}</style>{body}</html>'


def _titles(case: CaseShape) -> dict[str, str]:
    groups = case.pack.form.schema.get("properties", {})
    return {
        f"{group}.{name}": str(schema.get("title", name))
        for group, given in groups.items()
        for name, schema in given.get("properties", {}).items()
    }


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"<tr><th>{escape(str(left))}</th><td>{escape(str(right))}</td></tr>" for left, right in rows]
    if not lines:
        return ""
    return (f"<h2>{escape(title)}</h2>" if title else "") + f"<table>{''.join(lines)}</table>"


def _when(at: object) -> str:
    return f"{to_local(at):%Y-%m-%d %H:%M}" if at else "—"  # type: ignore[arg-type]

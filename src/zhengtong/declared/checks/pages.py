"""Every field is asked somewhere, and every page asks fields that exist（表单页检查）."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.shapes import Finding

CONCERN = "pages"


def check_pages(ground: Ground) -> Iterator[Finding]:
    """Yield page fields the form lacks, form fields no page asks, and ids used twice."""
    known = set(ground.form_paths())
    asked: set[str] = set()
    for at, page in enumerate(ground.pack.form.pages):
        asked.update(page.fields)
        for n, path in enumerate(page.fields):
            if path not in known:
                yield ground.finding(
                    CONCERN,
                    ("form", "pages", at, "fields", n),
                    (f"第 {page.id} 页要填的 {path} 不在表单里", f"page {page.id} asks {path}, which the form lacks"),
                    ("这一页会打不开", "the page would not open"),
                    (
                        f"改成表单里的字段，例如 {_nearest(path, known)}",
                        f"use a field of the form, say {_nearest(path, known)}",
                    ),
                )
    for path in sorted(known - asked):
        group, _, name = path.partition(".")
        yield ground.finding(
            CONCERN,
            ("form", "schema", "properties", group, "properties", name),
            (f"{path} 没有任何一页来填", f"no page asks {path}"),
            ("收不到这一项，或者它本来就不需要", "it can never be given, or is not needed at all"),
            ("放进 form/pages.yaml 的某一页，或者删去", "put it on a page in form/pages.yaml, or remove it"),
        )
    yield from _twice(ground)


def _twice(ground: Ground) -> Iterator[Finding]:
    sections = {
        "questions": ("questions",),
        "data_uses": ("data_uses",),
        "materials": ("materials",),
        "outcome": ("outcome",),
        "checks": ("checks",),
        "parts": ("parts",),
    }
    lists = {name: getattr(ground.pack, name) for name in sections}
    places = {**sections, "pages": ("form", "pages")}
    lists["pages"] = ground.pack.form.pages
    for name, items in lists.items():
        for id, times in Counter(item.id for item in items).items():
            if times > 1:
                at = [item.id for item in items].index(id) + 1
                yield ground.finding(
                    CONCERN,
                    (*places[name], at),
                    (f"{name} 里编号 {id} 用了 {times} 次", f"the id {id} stands {times} times in {name}"),
                    ("引用它的地方不知道指的是哪一个", "whatever refers to it cannot tell which is meant"),
                    ("给每一个不同的编号", "give each its own id"),
                )


def _nearest(path: str, known: set[str]) -> str:
    return next(iter(difflib.get_close_matches(path, sorted(known), n=1, cutoff=0)), "…")

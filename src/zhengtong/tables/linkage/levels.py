"""How two values of one kind agree（比对等级）: a closed set of levels, each an SQL condition on the rows `a` and `b`.

A comparison lists levels from the strongest down; the first whose condition holds is the pair's. `missing`, where either
value is empty, stands before all of them and weighs nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from zhengtong.tables.engine import ident

#: DuckDB's edit distances count bytes, three to a Han character: this counts characters — one other, one more, two exchanged
ONE_SLIP = """
CREATE MACRO one_slip(a, b) AS CASE
  WHEN length(a) = length(b) THEN
    CASE len(list_filter(range(1, length(a) + 1), lambda i: substr(a, i, 1) <> substr(b, i, 1)))
      WHEN 0 THEN true WHEN 1 THEN true
      WHEN 2 THEN list_sort(string_split(a, '')) = list_sort(string_split(b, '')) ELSE false END
  WHEN length(a) = length(b) + 1 THEN
    list_contains(list_transform(range(1, length(a) + 1), lambda i: substr(a, 1, i - 1) || substr(a, i + 1)), b)
  WHEN length(b) = length(a) + 1 THEN
    list_contains(list_transform(range(1, length(b) + 1), lambda i: substr(b, 1, i - 1) || substr(b, i + 1)), a)
  ELSE false END"""


def _both(name: str, condition: str) -> str:
    return condition.replace("{a}", f"a.{ident(name)}").replace("{b}", f"b.{ident(name)}")


def _same(name: str) -> str:
    return _both(name, "{a} = {b}")


def _same_checked(name: str) -> str:
    return f"{_same(name)} AND a.{ident(name + '_ok')}"


def _both_checked(name: str) -> str:
    return f"a.{ident(name + '_ok')} AND b.{ident(name + '_ok')}"


def _within(edits: int) -> Callable[[str], str]:
    return lambda name: _both(name, f"damerau_levenshtein({{a}}, {{b}}) <= {edits}")


def _near_long(name: str) -> str:
    """One slip in three characters or more; transliterated names may differ a little more."""
    return _both(
        name,
        "least(length({a}), length({b})) >= 3 AND (one_slip({a}, {b}) "
        "OR (length({a}) >= 6 AND length({b}) >= 6 AND jaro_winkler_similarity({a}, {b}) >= 0.92))",
    )


def _one_slip(name: str) -> str:
    return _both(name, "one_slip({a}, {b})")


def _swapped(name: str) -> str:
    return f"a.{ident(name + '_swapped')} = b.{ident(name)}"


def _near_date(name: str) -> str:
    return f"damerau_levenshtein(a.{ident(name + '_text')}, b.{ident(name + '_text')}) <= 1"


def _same_stem(name: str) -> str:
    return _same(f"{name}_stem")


def _near_stem(name: str) -> str:
    return _both(f"{name}_stem", "least(length({a}), length({b})) >= 4 AND one_slip({a}, {b})")


def _contains(name: str) -> str:
    """The one written with more before it: 和平路3号, 云栖区和平路3号."""
    return _both(name, "least(length({a}), length({b})) >= 6 AND (ends_with({a}, {b}) OR ends_with({b}, {a}))")


def _same_street(name: str) -> str:
    return _same(f"{name}_street")


_OTHER: dict[str, Callable[[str], str]] = {"other": lambda _: "true"}
_NUMBER = {
    "same": _same_checked,
    "same-unproved": _same,
    "contradicts": _both_checked,
    "near-1": _within(1),
    "near-2": _within(2),
    **_OTHER,
}
#: kind of field → level → SQL condition
LEVELS: dict[str, dict[str, Callable[[str], str]]] = {
    "resident-id": _NUMBER,
    "credit-code": _NUMBER,
    "person-name": {"same": _same, "near": _near_long, "near-short": _one_slip, **_OTHER},
    "organisation-name": {"same": _same, "same-stem": _same_stem, "near": _near_stem, **_OTHER},
    "phone": {"same": _same, "near": _within(1), **_OTHER},
    "date": {"same": _same, "swapped": _swapped, "near": _near_date, **_OTHER},
    "sex": {"same": _same, **_OTHER},
    "address": {"same": _same, "contains": _contains, "near": _one_slip, "same-street": _same_street, **_OTHER},
    "code": {"same": _same, "near": _within(1), **_OTHER},
}

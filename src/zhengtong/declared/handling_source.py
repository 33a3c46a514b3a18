"""`handling:` of pack.yaml joined into the plain form（办理规则装配）, with the terms and bases it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zhengtong.declared.assembled import Assembled
from zhengtong.declared.yaml_source import Place

EMPTY: dict[str, Any] = {}
ROOT: Place = ("handling",)
TERM_KEYS = ("n", "unit", "rule", "basis", "count_from", "roll_if_holiday")
#: who approves, in the words of _shared/terms.yaml, and in ours
APPROVERS = {"government_head": "superior"}
HEARING_NOTICE = {"n": 7, "unit": "WORKDAY", "basis": "licence-48"}

ToTerm = Callable[[Assembled, dict[str, Any], Place], dict[str, Any] | None]
ToBasis = Callable[[Assembled, Any, Place], dict[str, str]]


def assemble_handling(work: Assembled, to_term: ToTerm, to_basis: ToBasis) -> None:
    """Join what a matter allows; a pack without `handling:` allows nothing beyond the ordinary course."""
    given = work.sources["pack"].value.get("handling")
    if not given:
        return
    plain = {name: value for name, value in given.items() if name not in _BUILDERS and name != "archive"}
    for name, build in _BUILDERS.items():
        if name in given:
            plain[name] = build(work, given[name], (*ROOT, name), to_term, to_basis)
    if "archive" in given:
        plain["archive_after_days"] = given["archive"].get("after_days")
    work.plain["handling"] = plain


def _timed(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name in TERM_KEYS}


def _others(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in TERM_KEYS}


def _extension(work: Assembled, given: dict[str, Any], place: Place, to_term: ToTerm, _: ToBasis) -> dict[str, Any]:
    """An extension names a rule, whose own extension is the most there may be, or is written out."""
    rule = work.shared.rules.get(given.get("rule", ""), EMPTY)
    if "rule" in given and rule.get("ext"):
        most: dict[str, Any] | None = {**(to_term(work, {"rule": given["rule"]}, place) or {}), "n": rule["ext"]}
    else:
        most = to_term(work, _timed(given), place)
    approver = given.get("approver", APPROVERS.get(rule.get("ext_by", ""), "leader"))
    return {**_others(given), "most": most, "approver": approver}


def _procedures(
    work: Assembled, given: list[dict[str, Any]], place: Place, to_term: ToTerm, _: ToBasis
) -> list[dict[str, Any]]:
    built = []
    for at, one in enumerate(given):
        here: Place = (*place, at)
        notice = one.get("notice") or (HEARING_NOTICE if one.get("kind") == "hearing" else None)
        built.append(
            {
                **_others(one),
                "title": work.texts.pair("handling", "procedures", one.get("id", "")),
                "most": to_term(work, _timed(one), here),
                "notice": to_term(work, notice, (*here, "notice")) if notice else None,
            }
        )
    return built


def _tolerance(work: Assembled, given: dict[str, Any], place: Place, to_term: ToTerm, _: ToBasis) -> dict[str, Any]:
    return {**_others(given), "term": to_term(work, _timed(given), place)}


def _commitment(
    work: Assembled, given: dict[str, Any], place: Place, to_term: ToTerm, to_basis: ToBasis
) -> dict[str, Any]:
    return {
        **given,
        "text": work.texts.pair("handling", "commitment"),
        "basis": to_basis(work, given.get("basis"), (*place, "basis")),
        **{name: to_term(work, given[name], (*place, name)) for name in ("verify", "rectify") if given.get(name)},
    }


def _consultations(
    work: Assembled, given: list[dict[str, Any]], place: Place, to_term: ToTerm, _: ToBasis
) -> list[dict[str, Any]]:
    return [
        {
            **_others(one),
            "title": work.texts.pair("handling", "consultations", one.get("id", "")),
            "term": to_term(work, _timed(one), (*place, at)),
        }
        for at, one in enumerate(given)
    ]


def _based(work: Assembled, given: dict[str, Any], place: Place, _: ToTerm, to_basis: ToBasis) -> dict[str, Any]:
    return {**given, "basis": to_basis(work, given.get("basis"), (*place, "basis"))}


def _payment(
    work: Assembled, given: dict[str, Any], place: Place, to_term: ToTerm, to_basis: ToBasis
) -> dict[str, Any]:
    title = work.texts.pair("handling", "payment")
    return {**_based(work, given, place, to_term, to_basis), "yuan": str(given.get("yuan", "")), "title": title}


def _steps(work: Assembled, given: dict[str, Any], place: Place, to_term: ToTerm, _: ToBasis) -> dict[str, Any]:
    return {step: to_term(work, value, (*place, step)) for step, value in given.items()}


_BUILDERS: dict[str, Callable[[Assembled, Any, Place, ToTerm, ToBasis], Any]] = {
    "extension": _extension,
    "procedures": _procedures,
    "tolerance": _tolerance,
    "commitment": _commitment,
    "consultations": _consultations,
    "cosign": _based,
    "payment": _payment,
    "steps": _steps,
}

"""The rules common to all cases（办件法定规则）, read from law.yaml: they are data with an article and a date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhengtong.apps.cases.shapes import Remedy
from zhengtong.declared.handling import Warn
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term


@dataclass(frozen=True)
class CaseLaw:
    """What holds for every case, whatever its matter."""

    acceptance: Term
    remedies: tuple[Remedy, ...]
    supplements_without_leader: int
    supplement_basis: Basis
    draft_keep_days: int
    remind_before_days: tuple[int, ...]
    bucket_soon_workdays: int
    recheck_after_hours: int
    objection: Term
    bad_review_from: int
    review_contact: Term
    review_rectify: Term
    warn: Warn
    archive_after_days: int
    commitment_excludes: tuple[str, ...]


@cache
def case_law() -> CaseLaw:
    """Return the rules of law.yaml."""
    source: dict[str, Any] = yaml.safe_load(files("zhengtong.apps.cases").joinpath("law.yaml").read_text("utf-8"))
    return CaseLaw(
        acceptance=Term.from_json(source["acceptance"]),
        remedies=tuple(_remedy(given) for given in source["remedies"]),
        supplements_without_leader=source["supplement"]["times_without_leader"],
        supplement_basis=Basis(**source["supplement"]["basis"]),
        draft_keep_days=source["draft_keep_days"],
        remind_before_days=tuple(source["remind_before_days"]),
        bucket_soon_workdays=source["bucket_soon_workdays"],
        recheck_after_hours=source["recheck_after_hours"],
        objection=Term.from_json(source["objection"]),
        bad_review_from=source["bad_review"]["from"],
        review_contact=Term.from_json(source["bad_review"]["contact"]),
        review_rectify=Term.from_json(source["bad_review"]["rectify"]),
        warn=Warn(**source["warn"]),
        archive_after_days=source["archive_after_days"],
        commitment_excludes=tuple(source["commitment_excludes"]),
    )


def _remedy(given: dict[str, Any]) -> Remedy:
    term = Term.from_json({**given["term"], "basis": given["basis"]})
    where = {name: given.get(name, "") for name in ("matter", "platform")}
    return Remedy(given["zh"], given["en"], str(Basis(**given["basis"])), given["kind"], term, **where)

"""The rules common to all cases（办件法定规则）, read from law.yaml: they are data with an article and a date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhengtong.apps.cases.shapes import Remedy
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


@cache
def case_law() -> CaseLaw:
    """Return the rules of law.yaml."""
    source: dict[str, Any] = yaml.safe_load(files("zhengtong.apps.cases").joinpath("law.yaml").read_text("utf-8"))
    return CaseLaw(
        acceptance=Term.from_json(source["acceptance"]),
        remedies=tuple(Remedy(r["zh"], r["en"], str(Basis(**r["basis"]))) for r in source["remedies"]),
        supplements_without_leader=source["supplement"]["times_without_leader"],
        supplement_basis=Basis(**source["supplement"]["basis"]),
        draft_keep_days=source["draft_keep_days"],
        remind_before_days=tuple(source["remind_before_days"]),
        bucket_soon_workdays=source["bucket_soon_workdays"],
        recheck_after_hours=source["recheck_after_hours"],
    )

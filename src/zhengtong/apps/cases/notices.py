"""What the applicant reads on each event（通知）: the words of notices.yaml, filled in, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from zhengtong.apps.cases.law import case_law
from zhengtong.apps.cases.shapes import NoticeText
from zhengtong.apps.people.shapes import OrganisationShape

KINDS_WITH_REMEDIES = frozenset({"denied", "not-accepted", "deemed-denied", "revoked"})


@cache
def _templates() -> dict[str, Any]:
    text = files("zhengtong.apps.cases").joinpath("notices.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def has_notice(kind: str) -> bool:
    """Return whether an action of this kind is told to the applicant."""
    return kind in _templates()


def make_notice(
    kind: str,
    *,
    no: str,
    title: tuple[str, str],
    organisation: OrganisationShape | None,
    promised_on: date | None = None,
    due_on: date | None = None,
    reason: str = "",
    reason_en: str = "",
    items: Sequence[Mapping[str, str]] = (),
    result: tuple[str, str] = ("", ""),
    days: int = 0,
    parts: int = 0,
    granted: int = 0,
    where: tuple[str, str] = ("", ""),
) -> NoticeText:
    """Return the notice of an event, exactly as it will be read."""
    template = _templates()[kind]
    remedies = case_law().remedies if kind in KINDS_WITH_REMEDIES else ()
    words = {
        "no": no,
        "title_zh": title[0],
        "title_en": title[1],
        "organisation_zh": organisation.name_zh if organisation else "办理部门",
        "organisation_en": organisation.name_en if organisation else "The department",
        "promised_on": promised_on.isoformat() if promised_on else "—",
        "due_on": due_on.isoformat() if due_on else "—",
        "reason": reason.rstrip("。.") or "—",
        "reason_en": (reason_en or reason).rstrip("。.") or "—",
        "items_zh": "；".join(item.get("title_zh", "") for item in items),
        "items_en": "; ".join(item.get("title_en", "") for item in items),
        "result_zh": result[0],
        "result_en": result[1],
        "remedies_zh": "".join(f"{remedy.zh}" for remedy in remedies),
        "remedies_en": " ".join(f"{remedy.en}" for remedy in remedies),
        "days": days,
        "parts": parts,
        "granted": granted,
        "where_zh": where[0],
        "where_en": where[1],
    }
    action = template["action"]
    return NoticeText(
        title_zh=template["zh"]["title"].format(**words),
        title_en=template["en"]["title"].format(**words),
        body_zh=template["zh"]["body"].format(**words),
        body_en=template["en"]["body"].format(**words),
        action=action["to"],
        action_zh=action["zh"],
        action_en=action["en"],
    )

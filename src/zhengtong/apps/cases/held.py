"""Values and reads as they are kept in drafts and logs（留存格式）: plain JSON on disk, shapes in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhengtong.apps.cases.shapes import FieldValue, SourceState
from zhengtong.apps.people.shapes import Subject


@dataclass(frozen=True)
class Read:
    """One data use carried out（数据调取）, with what it found."""

    use_id: str
    resource: str
    state: str
    values: Mapping[str, Any]
    key: Mapping[str, str]
    title_zh: str = ""
    title_en: str = ""
    provider_zh: str = ""
    provider_en: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    at: datetime | None = None
    receipt_no: str = ""

    def to_state(self) -> SourceState:
        """Return what the applicant is shown of it: never the values."""
        return SourceState(
            self.use_id,
            self.title_zh,
            self.title_en,
            self.provider_zh,
            self.provider_en,
            self.state,
            self.reason_zh,
            self.reason_en,
            self.at,
            self.receipt_no,
        )


def value_to_json(held: FieldValue) -> dict[str, Any]:
    """Return a value as kept."""
    kept: dict[str, Any] = {"v": held.value, "s": held.source}
    if held.source != "applicant":
        kept |= {
            "zh": held.source_title_zh,
            "en": held.source_title_en,
            "at": held.retrieved_at.isoformat() if held.retrieved_at else None,
            "ok": held.verified,
            "no": held.receipt_no,
        }
    return kept


def value_from_json(kept: Mapping[str, Any]) -> FieldValue:
    """Return a kept value in hand."""
    return FieldValue(
        value=kept["v"],
        source=kept["s"],
        source_title_zh=kept.get("zh", ""),
        source_title_en=kept.get("en", ""),
        retrieved_at=datetime.fromisoformat(kept["at"]) if kept.get("at") else None,
        verified=kept.get("ok", False),
        receipt_no=kept.get("no", ""),
    )


def values_to_json(values: Mapping[str, FieldValue]) -> dict[str, Any]:
    """Return values as kept, by path."""
    return {path: value_to_json(held) for path, held in values.items()}


def values_from_json(kept: Mapping[str, Any]) -> dict[str, FieldValue]:
    """Return kept values in hand, by path."""
    return {path: value_from_json(value) for path, value in kept.items()}


def read_to_json(read: Read) -> dict[str, Any]:
    """Return a read as kept."""
    kept = {name: getattr(read, name) for name in Read.__dataclass_fields__}
    kept["values"], kept["key"] = dict(read.values), dict(read.key)
    kept["at"] = read.at.isoformat() if read.at else None
    return kept


def read_from_json(kept: Mapping[str, Any]) -> Read:
    """Return a kept read in hand."""
    at = datetime.fromisoformat(kept["at"]) if kept.get("at") else None
    return Read(**{**kept, "at": at})


def plain_values(values: Mapping[str, FieldValue]) -> dict[str, Any]:
    """Return the values alone, by path."""
    return {path: held.value for path, held in values.items()}


def subject_to_json(subject: Subject, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a subject as kept, with what expressions may know of it as it was when the application began."""
    names = ("kind", "id", "name", "masked_name", "key", "number_masked")
    return {**{name: getattr(subject, name) for name in names}, "facts": dict(facts)}


def subject_from_json(kept: Mapping[str, Any]) -> Subject:
    """Return a kept subject in hand."""
    return Subject(**{name: value for name, value in kept.items() if name != "facts"})


def facts_from_json(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what expressions may know of a kept subject: the same for the whole life of a case."""
    return dict(kept["facts"])

"""A field with its value, its fault and where the value came from（已绑定字段）: what the template draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from zhengtong.apps.people import queries as people
from zhengtong.portals.ui.days import say_full_day, say_moment
from zhengtong.portals.ui.forms.entered import entries_posted
from zhengtong.portals.ui.forms.spec import FieldSpec
from zhengtong.portals.ui.languages import pick, words_of


@dataclass(frozen=True)
class Choice:
    """One option as drawn."""

    value: str
    text: str
    is_on: bool


@dataclass(frozen=True)
class BoundField:
    """One field of a form, ready to draw."""

    spec: FieldSpec
    value: Any = None
    fault: str = ""
    locked: bool = False
    source: str = ""
    retrieved_at: datetime | None = None
    receipt_no: str = ""
    typed: Mapping[str, str] | None = None
    entries: int = 0

    @property
    def template(self) -> str:
        return f"ui/widgets/{self.spec.widget.replace('-', '_')}.html"

    @property
    def described_by(self) -> str:
        ids = [
            f"{self.spec.html_id}-{part}" for part, there in (("hint", self.spec.hint), ("error", self.fault)) if there
        ]
        return " ".join(ids)

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)

    @property
    def choices(self) -> tuple[Choice, ...]:
        if self.spec.kind == "boolean":
            return (Choice("true", _("是"), self.value is True), Choice("false", _("否"), self.value is False))
        held = {str(value) for value in self.value} if isinstance(self.value, list | tuple) else {str(self.value)}
        return tuple(Choice(o.value, words_of(o.text), o.value in held) for o in self.spec.options)

    @property
    def shown(self) -> str:
        """Return the value as people read it."""
        return say_value(self.spec, self.value)

    @property
    def date_parts(self) -> tuple[tuple[str, str, str, str], ...]:
        """Return (suffix, label, value, width) of the three parts of a date."""
        parts = str(self.value or "")[:10].split("-") + ["", "", ""]
        typed = self.typed or {}
        labels = (("y", _("年"), "s"), ("m", _("月"), "xs"), ("d", _("日"), "xs"))
        return tuple(
            (name, label, typed.get(f"{self.spec.path}-{name}", parts[at].lstrip("0")), width)
            for at, (name, label, width) in enumerate(labels)
        )

    @property
    def clock_part(self) -> str:
        """Return the time of day of an instant, HH:MM."""
        return (self.typed or {}).get(f"{self.spec.path}-t", str(self.value or "")[11:16])

    @property
    def range_parts(self) -> tuple[tuple[str, str, str], ...]:
        """Return (suffix, label, value) of the two ends of a date range."""
        parts = [*str(self.value or "").split("/"), ""]
        typed = self.typed or {}
        labels = (("from", _("开始")), ("to", _("结束")))
        return tuple(
            (name, label, typed.get(f"{self.spec.path}-{name}", parts[at])) for at, (name, label) in enumerate(labels)
        )

    @property
    def rows(self) -> tuple[tuple[BoundField, ...], ...]:
        """Return the entries of a repeat group, always with one more empty one."""
        held = list(self.value) if isinstance(self.value, list) else []
        count = max(self.entries, len(held) + (0 if held else 1))
        return tuple(
            tuple(
                BoundField(_renamed(item, f"{self.spec.path}.{at}.{item.path}"), held[at].get(item.path) if at < len(held) else None)
                for item in self.spec.item_specs
            )
            for at in range(count)
        )  # fmt: skip


def _renamed(spec: FieldSpec, path: str) -> FieldSpec:
    return FieldSpec(path, spec.schema, spec.title, spec.help, spec.required, spec.options, spec.widget)


def bind(
    specs: Iterable[FieldSpec],
    held: Mapping[str, Any],
    *,
    faults: Mapping[str, str] | None = None,
    posted: Mapping[str, Any] | None = None,
) -> tuple[BoundField, ...]:
    """Return the fields of a draft's page: held values with their sources, over them what was just typed."""
    return tuple(_bind_one(spec, held.get(spec.path), (faults or {}).get(spec.path, ""), posted) for spec in specs)


@dataclass(frozen=True)
class LockedGroup:
    """Verified values from one source（已核实的内容）: shown, not asked."""

    source: str
    retrieved_at: datetime | None
    receipt_no: str
    fields: tuple[BoundField, ...]


def split_locked(fields: Iterable[BoundField]) -> tuple[tuple[LockedGroup, ...], tuple[BoundField, ...]]:
    """Return the verified fields by source, and the fields to ask."""
    groups: dict[tuple[str, str], list[BoundField]] = {}
    asked: list[BoundField] = []
    for field in fields:
        if field.locked:
            groups.setdefault((field.source, field.receipt_no), []).append(field)
        else:
            asked.append(field)
    made = (LockedGroup(key[0], held[0].retrieved_at, key[1], tuple(held)) for key, held in groups.items())
    return tuple(made), tuple(asked)


def bind_values(specs: Iterable[FieldSpec], values: Mapping[str, Any]) -> tuple[BoundField, ...]:
    """Return fields with plain values."""
    return tuple(BoundField(spec, values.get(spec.path)) for spec in specs)


def _bind_one(spec: FieldSpec, kept: Any, fault: str, posted: Mapping[str, Any] | None) -> BoundField:
    locked = bool(kept is not None and kept.verified)
    value = kept.value if kept is not None else spec.schema.get("default")
    typed: dict[str, str] | None = None
    entries = 0
    if posted is not None and not locked:
        many = spec.widget == "checks" and hasattr(posted, "getlist")
        value = posted.getlist(spec.path) if many else posted.get(spec.path, value)
        if spec.kind == "boolean" and isinstance(value, str):
            value = {"true": True, "false": False}.get(value)
        typed = {key: str(posted[key]) for key in posted if key.startswith(f"{spec.path}-")}
        entries = entries_posted(spec, posted) + (1 if posted.get("add") == spec.path else 0)
    return BoundField(
        spec,
        value,
        fault,
        locked,
        pick(kept.source_title_zh, kept.source_title_en) if kept is not None else "",
        kept.retrieved_at if kept is not None else None,
        kept.receipt_no if kept is not None else "",
        typed,
        entries,
    )


def say_value(spec: FieldSpec, value: Any) -> str:
    """Return a form value as people read it: option words, dates, yes and no, units."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], Mapping):
            return "；".join("，".join(str(part) for part in row.values()) for row in value)
        words = {option.value: words_of(option.text) for option in spec.options}
        return "、".join(words.get(str(item), str(item)) for item in value)
    if spec.options:
        return next((words_of(o.text) for o in spec.options if o.value == str(value)), str(value))
    if spec.widget == "date" and isinstance(value, str):
        try:
            return say_full_day(date.fromisoformat(value))
        except ValueError:
            return value
    if spec.widget == "date-time" and isinstance(value, str):
        try:
            return say_moment(_aware(datetime.fromisoformat(value)), with_year=True)
        except ValueError:
            return value
    if spec.format == "region-code":
        return "".join(words_of(region, "name") for region in people.region_path(str(value))) or str(value)
    return f"{value} {spec.unit}" if spec.unit else str(value)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else timezone.make_aware(moment)

"""What is known while a matter is being applied for（已知事实）, and the FEEL scope it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from zhengtong.rules import Condition, Expression, compile_condition, compile_expression

# the names that the expressions of a pack may speak of
NAMES = ("applicant", "answers", "form", "data", "outcome", "parts", "today")


@dataclass(frozen=True)
class Facts:
    """What the expressions of a pack may speak of; `form` is flat, dotted path → value."""

    today: date
    applicant: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def scope(self) -> dict[str, Any]:
        """Return the names and values that FEEL sees: JSON values, the form nested by its groups."""
        return {
            "applicant": to_feel(self.applicant),
            "answers": dict(self.answers),
            "form": nest(self.form),
            "data": {use: to_feel(row) for use, row in self.data.items()},
            "outcome": to_feel(self.outcome),
            "parts": to_feel(self.parts),
            "today": self.today,
        }

    def with_(self, **changed: Any) -> Facts:
        """Return the facts with some members replaced."""
        return replace(self, **changed)


def nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"child.name": …}` as `{"child": {"name": …}}`, with the values FEEL sees."""
    nested: dict[str, Any] = {}
    for path, value in flat.items():
        *groups, name = path.split(".")
        inner = nested
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = to_feel(value)
    return nested


def to_feel(value: Any) -> Any:
    """Return the value as packs see it: a date or an instant as ISO 8601 text, everything else as it is."""
    if isinstance(value, Mapping):
        return {str(key): to_feel(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_feel(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value


def holds(condition: str, facts: Facts) -> bool:
    """Return whether a condition is true of the facts; an empty one always is, null never is."""
    return not condition or bool(_condition(condition).holds(facts.scope()))


def worth(expression: str, facts: Facts) -> Any:
    """Return what an expression is worth; an empty one is None."""
    return compile_in_scope(expression).evaluate(facts.scope()) if expression else None


@lru_cache(maxsize=8192)
def compile_in_scope(text: str) -> Expression:
    """Return a pack's expression compiled over the names of its scope, which go before built-in functions of the same name.

    So `today` is the day of the case, never the clock on the wall. Refuses（rules.name）a name the scope does not have.
    """
    return compile_expression(text, NAMES)


@lru_cache(maxsize=8192)
def _condition(text: str) -> Condition:
    return compile_condition(text, NAMES)

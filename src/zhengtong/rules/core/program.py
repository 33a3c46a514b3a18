"""A program（程序）: the IR of a whole model. Inputs and definitions, each with its key, in an order that can be run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhengtong.rules.core import ir
from zhengtong.rules.core.types import ANY, Type


@dataclass(frozen=True, slots=True)
class Input:
    """A value the caller gives."""

    variable: ir.Var
    type: Type = ANY


@dataclass(frozen=True, slots=True)
class Definition:
    """A decision, or a function (BKM, decision service). `requires` are the keys its node speaks of."""

    variable: ir.Var
    node: ir.Node
    kind: str
    type: Type = ANY
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """Inputs and definitions by key. `names` are the keys by the names a caller may use; `problems` what was broken."""

    inputs: dict[str, Input]
    definitions: dict[str, Definition]
    names: dict[str, str]
    problems: tuple[str, ...] = field(default=())

    def order_for(self, keys: Iterable[str]) -> list[Definition]:
        """Return the definitions needed for `keys`, each behind those it requires; a cycle is cut where it closes."""
        ordered: list[Definition] = []
        seen: set[str] = set()
        stack = [(key, False) for key in reversed(list(keys))]
        while stack:
            key, done = stack.pop()
            definition = self.definitions.get(key)
            if definition is None:
                continue
            if done:
                ordered.append(definition)
            elif key not in seen:
                seen.add(key)
                stack.append((key, True))
                stack.extend((needed, False) for needed in reversed(definition.requires) if needed not in seen)
        return ordered

    def inputs_for(self, keys: Iterable[str]) -> list[Input]:
        """Return the inputs that the definitions needed for `keys` speak of."""
        needed: dict[str, Input] = {}
        for definition in self.order_for(keys):
            for key in definition.requires:
                if key in self.inputs:
                    needed[key] = self.inputs[key]
        return list(needed.values())

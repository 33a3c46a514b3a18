"""Item definitions → types（类型解析）."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.types import ANY, SPELLINGS, Type
from zhengtong.rules.dmn import model
from zhengtong.rules.from_syntax import Resolver
from zhengtong.rules.syntax import parse_type

#: turns the text of allowed values into a test of `?`
Constrain = Callable[[str], ir.Node]


class TypeTable:
    """The types a model knows: the built-in ones, its own, and those of its imports as `import.name`."""

    def __init__(self, items: dict[str, model.Item], constrain: Constrain, imports: dict[str, TypeTable]) -> None:
        self._items, self._constrain, self._imports = items, constrain, imports
        self._made: dict[str, Type] = {}
        self._open: set[str] = set()

    def find(self, name: str | None) -> Type | None:
        """Return the type of that name, None when there is none."""
        if not name:
            return None
        name = name.strip()
        if name in self._items:
            return self._own(name)
        if name in SPELLINGS:
            return SPELLINGS[name]
        for label, table in self._imports.items():
            inner = name.removeprefix(label + ".") if label else name
            if (inner != name or not label) and (found := table.find(inner)) is not None:
                return found
        if "<" in name:
            return self._written(name)
        prefix, colon, local = name.partition(":")
        return self.find(local) if colon and prefix else None

    def _written(self, text: str) -> Type | None:
        """Return the type of a text such as `list<number>`."""
        try:
            return Resolver(text, self.find).type(parse_type(text))
        except Refused:
            return None

    def get(self, name: str | None) -> Type:
        """Return the type of that name; Any when it is not declared or unknown."""
        return self.find(name) or ANY

    def _own(self, name: str) -> Type:
        if name not in self._made:
            if name in self._open:
                return ANY
            self._open.add(name)
            self._made[name] = self._type(self._items[name])
            self._open.discard(name)
        return self._made[name]

    def _type(self, item: model.Item) -> Type:
        base = self._base(item)
        if item.allowed is not None and not (base.kind == "list" and not item.collection):
            base = replace(base, allowed=_both(base.allowed, self._constrain(item.allowed)))
        elif item.allowed is not None and base.of is not None:
            of = replace(base.of, allowed=_both(base.of.allowed, self._constrain(item.allowed)))
            base = replace(base, of=of)
        made = Type("list", of=base) if item.collection else base
        if item.constraint is not None:
            made = replace(made, allowed=_both(made.allowed, self._constrain(item.constraint)))
        return replace(made, name=item.name)

    def _base(self, item: model.Item) -> Type:
        if item.function is not None:
            parameters, result = item.function
            return Type(
                "function",
                parameters=tuple(self.get(part.type_ref) for part in parameters),
                result=self.get(result),
            )
        if item.components:
            return Type("context", fields=tuple((part.name, self._type(part)) for part in item.components))
        return self.get(item.type_ref)


def _both(first: ir.Node | None, second: ir.Node) -> ir.Node:
    return second if first is None else ir.Logic("and", (first, second))

"""Single FEEL expressions（表达式）, as packs use them in conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.from_syntax import BUILTIN_NAMES, Resolver, Scope
from zhengtong.rules.syntax import NameTable, parse_expression
from zhengtong.rules.to_python import to_closure
from zhengtong.rules.values import from_python, to_python


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled FEEL expression（表达式）."""

    text: str
    node: ir.Node
    _run: Callable[[dict[str, Any]], Any] = field(repr=False, compare=False)

    def evaluate(self, scope: Mapping[str, Any]) -> Any:
        """Return the value under JSON-like Python input; FEEL null is None, numbers are Decimal, dates `date`.

        A name the scope does not hold is null. Refuses `rules.too-deep` for a recursion without end.
        """
        return to_python(self.evaluate_value({key: from_python(value) for key, value in scope.items()}))

    def evaluate_value(self, scope: dict[str, Any]) -> Any:
        """Return the value of the FEEL domain under values of the FEEL domain."""
        try:
            return self._run(scope)
        except RecursionError as error:
            raise too_deep(self.text) from error


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled FEEL condition（条件）: holds only when it is true; null does not hold."""

    expression: Expression

    def holds(self, scope: Mapping[str, Any]) -> bool:
        """Return whether the condition is FEEL true."""
        return self.expression.evaluate(scope) is True


def too_deep(text: str) -> Refused:
    """Return the refusal of a recursion that does not end."""
    return Refused(
        "rules.too-deep",
        "规则递归过深，无法得出结果。请检查函数是否无限调用自己。",
        "The rule recurses too deeply to give a result. Check whether a function calls itself without end.",
        facts={"text": text[:200]},
    )


def compile_expression(text: str, names: Iterable[str] | None = None) -> Expression:
    """Return the compiled expression; refuses `rules.syntax` with line, column, what was expected and a remedy.

    `names` are the names the scope will offer; any other name is refused as `rules.name`. Left out, every name is looked
    up when evaluating.
    """
    known = None if names is None else list(names)
    tree = parse_expression(text, [NameTable(known or ()), BUILTIN_NAMES])
    variables: dict[str, ir.Node] = {name: ir.Var(name, name) for name in known or ()}
    resolver = Resolver(text, unknown="free" if known is None else "refuse")
    node = resolver.expression(tree, Scope(variables))
    return Expression(text, node, to_closure(node))


def compile_condition(text: str, names: Iterable[str] | None = None) -> Condition:
    """Return the compiled condition; refuses what `compile_expression` refuses."""
    return Condition(compile_expression(text, names))

"""Running a program（求值）with closures: decisions in the order of their requirements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zhengtong.rules.core.program import Definition, Program
from zhengtong.rules.expression import too_deep
from zhengtong.rules.to_python import converter, to_closure
from zhengtong.rules.values.domain import Function

Closure = Callable[[dict[str, Any]], Any]


class Runner:
    """Evaluates the definitions of one program; closures are compiled when first needed."""

    def __init__(self, program: Program, compile_node: Callable[[Any], Closure] = to_closure) -> None:
        self.program = program
        self._compile = compile_node
        self._closures: dict[str, Closure] = {}
        self._converters = {key: converter(item.type) for key, item in program.inputs.items()}

    def evaluate(self, key: str, values: Mapping[str, Any]) -> Any:
        """Return the value of a definition under values of the FEEL domain by key; inputs are converted to their types.

        A decision whose value is given is not evaluated.
        """
        env = self._bound(values)
        try:
            for definition in self.program.order_for([key]):
                name = definition.variable.key
                if name not in values:
                    env[name] = self._closure(definition)(env)
        except RecursionError as error:
            raise too_deep(self.program.definitions[key].variable.name) from error
        return env.get(key)

    def call(self, key: str, values: Mapping[str, Any]) -> Any:
        """Return the result of a function definition (decision service, BKM) for arguments by parameter key."""
        function = self.evaluate(key, {})
        node = self.program.definitions[key].node
        if not isinstance(function, Function):
            return None
        try:
            return function.call([values.get(parameter.key) for parameter in node.parameters])  # type: ignore[attr-defined]
        except RecursionError as error:
            raise too_deep(function.name) from error

    def _bound(self, values: Mapping[str, Any]) -> dict[str, Any]:
        env = dict(values)
        for key, convert in self._converters.items():
            if key in env:
                env[key] = convert(env[key])
        return env

    def _closure(self, definition: Definition) -> Closure:
        key = definition.variable.key
        if key not in self._closures:
            self._closures[key] = self._compile(definition.node)
        return self._closures[key]

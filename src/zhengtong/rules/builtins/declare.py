"""How a builtin is declared（内置函数声明）: once, with name, parameters, result, doc and Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhengtong.rules.core.types import ANY, SPELLINGS, Type, convert


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: `types` are the alternatives; optional ones may be left out, nullable ones may be null."""

    name: str
    types: tuple[Type, ...]
    optional: bool = False
    nullable: bool = False
    repeated: bool = False

    def accept(self, value: Any) -> tuple[bool, Any]:
        """Return whether the value fits, and the value as the function wants it."""
        if value is None:
            return self.nullable, None
        for kind in self.types:
            if kind.kind == "Any":
                return True, value
            converted = convert(value, kind)
            if converted is not None:
                return True, converted
        return False, None


@dataclass(frozen=True, slots=True)
class Signature:
    """One form of a builtin（内置函数形式）."""

    name: str
    parameters: tuple[Parameter, ...]
    result: Type
    doc: str
    run: Callable[..., Any]

    def bind(self, arguments: list[Any]) -> list[Any] | None:
        """Return the arguments as `run` takes them, or None where they do not fit."""
        given: list[Any] = []
        for index, parameter in enumerate(self.parameters):
            if parameter.repeated:
                rest = [parameter.accept(value) for value in arguments[index:]]
                return [*given, *(value for _, value in rest)] if rest and all(ok for ok, _ in rest) else None
            if index >= len(arguments):
                if not parameter.optional:
                    return None
                given.append(None)
                continue
            fits, value = parameter.accept(arguments[index])
            if not fits:
                return None
            given.append(value)
        return given if len(arguments) <= len(self.parameters) else None

    def arrange(self, named: dict[str, Any]) -> list[Any] | None:
        """Return named arguments in order, or None when a name is unknown or a needed one missing."""
        known = {parameter.name for parameter in self.parameters}
        if not named.keys() <= known:
            return None
        ordered: list[Any] = []
        for parameter in self.parameters:
            if parameter.name not in named and not parameter.optional:
                return None
            ordered.append(named.get(parameter.name))
        return ordered


BUILTINS: dict[str, list[Signature]] = {}


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    name, kinds = name.strip(), kinds.strip()
    nullable = kinds.endswith("?")
    types = tuple(SPELLINGS[kind.strip()] if kind.strip() else ANY for kind in kinds.rstrip("?").split("|"))
    repeated, optional = name.endswith("..."), name.endswith("?")
    return Parameter(name.rstrip(".?"), types, optional, nullable or optional and nullable or types == (ANY,), repeated)


def builtin(name: str, parameters: str, result: str) -> Callable[..., Any]:
    """Declare a builtin. `parameters` reads `name: type|type, optional?: type, list...: any`; a `?` behind the type
    lets null through. Without `?` a null or unfitting argument makes the result null.

    Its SQL form stands under the same name in `to_sql/forms/`; a name that is not there has none."""

    def declare(run: Callable[..., Any]) -> Callable[..., Any]:
        parsed = tuple(_parameter(part) for part in parameters.split(",")) if parameters else ()
        signature = Signature(name, parsed, SPELLINGS[result], (run.__doc__ or "").strip(), run)
        BUILTINS.setdefault(name, []).append(signature)
        return run

    return declare


def call_builtin(name: str, arguments: list[Any]) -> Any:
    """Return the builtin's value: of the first form the arguments fit, null when none does."""
    for signature in BUILTINS[name]:
        bound = signature.bind(arguments)
        if bound is not None:
            return signature.run(*bound)
    return None


def call_builtin_named(name: str, named: dict[str, Any]) -> Any:
    """Return the builtin's value for named arguments."""
    for signature in BUILTINS[name]:
        ordered = signature.arrange(named)
        if ordered is None:
            continue
        if any(parameter.repeated for parameter in signature.parameters):
            repeated = ordered.pop()
            ordered.extend(repeated if isinstance(repeated, list) and not _wants_lists(signature) else [repeated])
        bound = signature.bind(_trimmed(ordered, signature, named))
        if bound is not None:
            return signature.run(*bound)
    return None


def _wants_lists(signature: Signature) -> bool:
    return signature.parameters[-1].types[0].kind == "list"


def _trimmed(ordered: list[Any], signature: Signature, named: dict[str, Any]) -> list[Any]:
    """Return the arguments without the optional ones at the end that were not given."""
    while ordered and signature.parameters[min(len(ordered), len(signature.parameters)) - 1].optional:
        if signature.parameters[len(ordered) - 1].name in named:
            break
        ordered.pop()
    return ordered

"""External functions（外部函数）: the methods of the Java library that DMN models call, without Java (DMN 1.5, 10.3.2.13.3).

A model may say `function(x) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}`. The pure
methods of `java.lang` such models use are known here by class and name; any other is null. They work on binary floating
point by definition, so a rule about money has no use for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from zhengtong.rules.values.convert import to_text
from zhengtong.rules.values.numbers import CONTEXT, ZERO

_SIGNATURE = re.compile(r"\s*(\w+)\s*\(\s*([^()]*)\s*\)\s*")
_WHOLE_BITS = {"byte": 8, "short": 16, "int": 32, "long": 64}
_BOXED = {
    "java.lang.Byte": "byte",
    "java.lang.Short": "short",
    "java.lang.Integer": "int",
    "java.lang.Long": "long",
    "java.lang.Float": "float",
    "java.lang.Double": "double",
    "java.lang.Character": "char",
    "java.lang.Boolean": "boolean",
    "java.lang.String": "string",
    "java.math.BigDecimal": "decimal",
    "java.math.BigInteger": "long",
    "String": "string",
}
_FORMAT = re.compile(r"%(?:(\d+)\$)?([-0,+ ]*)(\d+)?(?:\.(\d+))?([sdfn%])")


class NotFitting(ValueError):
    """A value that the method's parameter cannot take."""


def find_method(class_name: str, signature: str) -> Callable[[list[Any]], Any] | None:
    """Return the method as a function of FEEL values, None for one that is not known here."""
    found = _SIGNATURE.fullmatch(signature)
    if not found:
        return None
    method = _METHODS.get((class_name.strip(), found[1]))
    kinds = [_kind(text) for text in found[2].split(",")] if found[2].strip() else []
    if method is None or None in kinds:
        return None

    def call(arguments: list[Any]) -> Any:
        try:
            return _from_java(method(*_to_java(arguments, kinds)), kinds)  # type: ignore[arg-type]
        except (NotFitting, ArithmeticError, ValueError, TypeError, IndexError):
            return None

    return call


def _kind(text: str) -> str | None:
    """Return the kind a Java parameter type stands for; None for a type not known."""
    text = text.strip()
    if text in ("[Ljava.lang.Object;", "java.lang.Object[]", "Object...", "java.lang.Object..."):
        return "objects"
    if text in ("java.lang.Object", "Object"):
        return "object"
    if text in (*_WHOLE_BITS, "float", "double", "char", "boolean"):
        return text
    return _BOXED.get(text)


def _to_java(arguments: list[Any], kinds: list[str]) -> list[Any]:
    if kinds and kinds[-1] == "objects":
        fixed = len(kinds) - 1
        rest = arguments[fixed:]
        if len(rest) == 1 and isinstance(rest[0], list):
            rest = rest[0]
        return [*(_converted(*pair) for pair in zip(arguments, kinds[:-1], strict=False)), *rest]
    if len(arguments) != len(kinds):
        raise NotFitting
    return [_converted(*pair) for pair in zip(arguments, kinds, strict=True)]


def _converted(value: Any, kind: str) -> Any:
    if kind == "object":
        return value
    if kind in _WHOLE_BITS or kind in ("float", "double", "decimal"):
        if type(value) is not Decimal:
            raise NotFitting
        return _number(value, kind)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, str) and kind in ("string", "char") and (kind == "string" or len(value) == 1):
        return value
    raise NotFitting


def _number(value: Decimal, kind: str) -> Any:
    if kind == "decimal":
        return value
    if kind not in _WHOLE_BITS:
        return float(value)
    whole, limit = int(value), 1 << (_WHOLE_BITS[kind] - 1)
    if not -limit <= whole < limit:
        raise NotFitting
    return whole


def _from_java(value: Any, kinds: list[str]) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, (str, Decimal)):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, float) and "float" in kinds and "double" not in kinds:
        return CONTEXT.create_decimal(f"{value:.8g}")
    number = CONTEXT.create_decimal(repr(value) if isinstance(value, float) else value)
    return number if number else ZERO


def _format(pattern: str, *values: Any) -> str:
    """Return java.lang.String.format for %s %d %f %n %%."""
    place = 0

    def written(found: re.Match[str]) -> str:
        nonlocal place
        index, flags, width, precision, letter = found.groups()
        if letter in "n%":
            return "\n" if letter == "n" else "%"
        if index is None:
            place += 1
        value = values[int(index) - 1 if index else place - 1]
        return _placed(_letter(value, letter, precision, "," in flags), flags, int(width or 0))

    return _FORMAT.sub(written, pattern)


def _letter(value: Any, letter: str, precision: str | None, grouped: bool) -> str:
    comma = "," if grouped else ""
    if letter == "d":
        if type(value) is not Decimal or value != int(value):
            raise NotFitting
        return format(int(value), comma)
    if letter == "f":
        return format(value, f"{comma}.{precision or 6}f")
    text = to_text(value)
    return text[: int(precision)] if precision else text


def _placed(text: str, flags: str, width: int) -> str:
    if "-" in flags:
        return text.ljust(width)
    return text.rjust(width, "0" if "0" in flags else " ")


def _round(value: float) -> int:
    return math.floor(value + 0.5)


def _same(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    """Return String.valueOf: a double keeps its point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value) if isinstance(value, int) else to_text(value)


_MATH: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "max": max,
    "min": min,
    "pow": math.pow,
    "sqrt": math.sqrt,
    "cbrt": math.cbrt,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "atan2": math.atan2,
    "sinh": math.sinh,
    "cosh": math.cosh,
    "tanh": math.tanh,
    "hypot": math.hypot,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "rint": lambda x: float(round(x)),
    "round": _round,
    "signum": lambda x: math.copysign(1.0, x) if x else 0.0,
    "toDegrees": math.degrees,
    "toRadians": math.radians,
    "floorMod": lambda a, b: a % b,
    "floorDiv": lambda a, b: a // b,
}
_METHODS: dict[tuple[str, str], Callable[..., Any]] = {
    **{("java.lang.Math", name): method for name, method in _MATH.items()},
    **{("java.lang.StrictMath", name): method for name, method in _MATH.items()},
    ("java.lang.String", "valueOf"): _text,
    ("java.lang.String", "format"): _format,
    ("java.lang.Boolean", "parseBoolean"): lambda text: text.lower() == "true",
    ("java.lang.Boolean", "valueOf"): lambda value: value if isinstance(value, bool) else value.lower() == "true",
}
for _class in ("Byte", "Short", "Integer", "Long"):
    _METHODS["java.lang." + _class, "valueOf"] = int
    _METHODS["java.lang." + _class, f"parse{'Int' if _class == 'Integer' else _class}"] = int
    _METHODS["java.lang." + _class, "max"] = max
    _METHODS["java.lang." + _class, "min"] = min
    _METHODS["java.lang." + _class, "sum"] = lambda a, b: a + b
for _class in ("Float", "Double"):
    _METHODS["java.lang." + _class, "valueOf"] = float
    _METHODS["java.lang." + _class, f"parse{_class}"] = float
    _METHODS["java.lang." + _class, "max"] = max
    _METHODS["java.lang." + _class, "min"] = min
    _METHODS["java.lang." + _class, "sum"] = lambda a, b: a + b
_METHODS["java.lang.Character", "valueOf"] = _same
_METHODS["java.lang.Character", "toString"] = _same
for _class in ("Byte", "Short", "Integer", "Long", "Float", "Double", "Boolean"):
    _METHODS["java.lang." + _class, "toString"] = _text

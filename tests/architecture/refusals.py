"""Every refusal of the house, found in its source: code, sentences as templates, status, place.

A refusal is a call of `Refused`. Where a room has a shorthand for it — a function that fills in part of the code or of the
sentences from its parameters — each call of the shorthand is a refusal, with the caller's words put in.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.tree import module_of, python_files, shown, tree_of

PARTS = ("code", "zh", "en", "status")


@dataclass(frozen=True, order=True)
class Refusal:
    """One foreseen "no": its code, what it says (values in angle brackets), its HTTP status and where it is raised."""

    code: str
    zh: str
    en: str
    status: str
    place: str


@dataclass(frozen=True)
class Shorthand:
    """A function that makes a refusal out of its parameters."""

    name: str
    module: str
    parameters: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...]
    parts: tuple[tuple[str, ast.expr], ...]


def template(node: ast.expr | None, known: dict[str, str]) -> str:
    """Return an expression as text: literals as they are, known names put in, anything else in angle brackets."""
    match node:
        case None:
            return ""
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(template(value, known) for value in values)
        case ast.FormattedValue(value=value):
            return template(value, known)
        case ast.Name(id=name):
            return known.get(name, f"<{name}>")
        case ast.Attribute(attr=name):
            return f"<{name}>"
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return template(left, known) + template(right, known)
        case ast.Call(
            func=ast.Attribute(value=inner, attr="replace"), args=[ast.Constant(value=old), ast.Constant(value=new)]
        ):
            return template(inner, known).replace(str(old), str(new))
        case ast.IfExp(body=body, orelse=other):
            ways = [template(way, known) for way in (body, other)]
            return " | ".join(ways) if all(ways) else ways[0] or ways[1]
        case _:
            return "<…>"


class InPlace(ast.NodeTransformer):
    """Puts what a function calls by a local name, assigned once, where the name is used."""

    def __init__(self, function: ast.FunctionDef | None) -> None:
        nodes = list(ast.walk(function)) if function else []
        assigned = [node for node in nodes if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)]
        names = [node.targets[0].id for node in assigned]
        self.meant = {name: node.value for name, node in zip(names, assigned, strict=True) if names.count(name) == 1}

    def visit_Name(self, node: ast.Name) -> ast.expr:  # noqa: N802 - the name ast gives it
        meant = self.meant.get(node.id)
        return meant if meant is not None and template(meant, {}) != "<…>" else node


def parts_of(call: ast.Call, function: ast.FunctionDef | None) -> dict[str, ast.expr]:
    """Return code, sentences and status of a call of `Refused`, local names resolved."""
    put = InPlace(function)
    return {name: put.visit(copy.deepcopy(value)) for name, value in arguments(call, PARTS).items()}


def arguments(call: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    """Return a call's arguments by the names of the parameters."""
    given = dict(zip(names, call.args, strict=False))
    return given | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}


def name_of(call: ast.Call) -> str:
    """Return the last name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def calls_with_functions(
    tree: ast.AST, inside: ast.FunctionDef | None = None
) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
    """Yield every call with the innermost function around it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield node, inside
        yield from calls_with_functions(node, node if isinstance(node, ast.FunctionDef) else inside)


def parameters_of(function: ast.FunctionDef) -> tuple[str, ...]:
    named = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args) if argument.arg != "self"]
    return (*named, *(argument.arg for argument in function.args.kwonlyargs))


def speaks_for_callers(parts: dict[str, ast.expr], parameters: tuple[str, ...]) -> bool:
    """Return whether the code or a whole sentence comes from the function's parameters."""
    in_code = {node.id for node in ast.walk(parts["code"]) if isinstance(node, ast.Name)}
    in_words = {node.id for node in ast.walk(parts["zh"]) if isinstance(node, ast.Name)} & {"zh", "what_zh", "zh_rest"}
    return bool((in_code | in_words) & set(parameters))


@cache
def shorthands() -> tuple[Shorthand, ...]:
    """Return the functions that make refusals for others."""
    found = []
    for path in python_files("src"):
        for call, function in calls_with_functions(tree_of(path)):
            if name_of(call) != "Refused" or function is None:
                continue
            parts = parts_of(call, function)
            names = parameters_of(function)
            if speaks_for_callers(parts, names):
                kept = tuple((part, parts[part]) for part in PARTS if part in parts)
                found.append(Shorthand(function.name, module_of(path), names, defaults_of(function), kept))
    return tuple(found)


@cache
def shorthands_by_name() -> dict[str, list[Shorthand]]:
    """Return the shorthands by the name they are called by."""
    found: dict[str, list[Shorthand]] = {}
    for one in shorthands():
        found.setdefault(one.name, []).append(one)
    return found


def defaults_of(function: ast.FunctionDef) -> tuple[tuple[str, str], ...]:
    named = [argument.arg for argument in function.args.args]
    values = function.args.defaults
    pairs = zip(named[len(named) - len(values) :], values, strict=True)
    keyword_only = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    more = [(argument.arg, value) for argument, value in keyword_only if value is not None]
    return tuple((name, template(value, {})) for name, value in (*pairs, *more))


def shorthand_for(call: ast.Call, path: Path, text: str) -> Shorthand | None:
    """Return the shorthand a call means: one of the same module, or one whose module this file imports."""
    named = shorthands_by_name().get(name_of(call), [])
    if not named:
        return None
    here = [one for one in named if one.module == module_of(path)]
    elsewhere = [
        one for one in named if one.module in text or one.module.rsplit(".", 1)[-1] in text.split("def ", 1)[0]
    ]
    return next(iter(here or elsewhere), None)


@cache
def refusals() -> tuple[Refusal, ...]:
    """Return every refusal of the house, sorted by code."""
    made_by = {(one.module, one.name) for one in shorthands()}
    found: set[Refusal] = set()
    for path in python_files("src"):
        text = path.read_text("utf-8")
        for call, function in calls_with_functions(tree_of(path)):
            if name_of(call) == "Refused":
                if function is None or (module_of(path), function.name) not in made_by:
                    found |= told(parts_of(call, function), {}, shown(path))
            elif (one := shorthand_for(call, path, text)) and call.args + call.keywords:
                given = {name: template(value, {}) for name, value in arguments(call, one.parameters).items()}
                if "zh" in given or len(given) > 1 or "thing" in given:
                    found |= told(dict(one.parts), dict(one.defaults) | given, shown(path))
    return tuple(sorted(found))


def told(parts: dict[str, ast.expr], known: dict[str, str], place: str) -> set[Refusal]:
    """Return the refusals one call may be: a code chosen between two is two."""
    codes, zh, en, status = (template(parts.get(part), known) for part in PARTS)
    return {Refusal(code, zh.strip(), en.strip(), status or "422", place) for code in codes.split(" | ")}

"""What a page discloses is written down: its context is a frozen dataclass that says what it is."""

from __future__ import annotations

import ast

from tests.architecture.tree import PACKAGE, python_files, shown, tree_of

PORTALS = PACKAGE / "portals"


def frozen(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(one) and "frozen=True" in ast.unparse(one) for one in node.decorator_list)


def contexts() -> dict[str, ast.ClassDef]:
    """Return place → class of every page context, and of what contexts are made of."""
    return {
        shown(path, node.lineno): node
        for path in python_files("src")
        if PORTALS in path.parents
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and (node.name.endswith("Context") or path.stem == "contexts")
    }


def test_every_context_is_a_frozen_dataclass_with_a_docstring():
    found = contexts()
    assert len(found) > 30, "is the search looking in the right place?"
    wrong = [f"{place} {node.name}" for place, node in found.items() if not (frozen(node) and ast.get_docstring(node))]
    assert not wrong, "\n".join(wrong)


def test_every_field_of_a_context_has_a_type_that_says_something():
    vague = {"dict", "list", "Any", "object", "dict[str, Any]", "list[Any]"}
    found = [
        f"{place} {node.name}.{ast.unparse(field.target)}: {ast.unparse(field.annotation)}"
        for place, node in contexts().items()
        for field in node.body
        if isinstance(field, ast.AnnAssign) and ast.unparse(field.annotation) in vague
    ]
    assert not found, "\n".join(found)


def test_pages_are_made_by_one_function():
    found = [
        shown(path, node.lineno)
        for path in python_files("src")
        if PORTALS in path.parents and path.parent.name != "ui"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("render", "shortcuts.render", "TemplateResponse")
    ]
    assert not found, "a page is answered by ui.pages.page with its frozen context:\n" + "\n".join(found)

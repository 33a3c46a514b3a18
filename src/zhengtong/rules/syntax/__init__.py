"""FEEL text to tree（句法分析）."""

from __future__ import annotations

from collections.abc import Iterable

from zhengtong.rules.syntax import tree
from zhengtong.rules.syntax.parser import Parser

__all__ = ["parse_expression", "parse_type", "parse_unary_tests", "tree"]


def parse_expression(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> tree.Node:
    """Return the tree of an expression; refuses `rules.syntax` with line, column, what was expected and a remedy.

    `names` are names in scope that hold spaces or operator characters, `members` such names of context entries.
    """
    return Parser(text, names, members).whole_expression()


def parse_unary_tests(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> tree.UnaryTests:
    """Return the tree of a decision-table cell such as `-`, `> 5`, `"a", "b"`, `not(1)`."""
    return Parser(text, names, members).whole_unary_tests()


def parse_type(text: str, names: Iterable[str] = ()) -> tree.TypeNode:
    """Return the tree of a written type such as `list<number>`."""
    return Parser(text, names).whole_type()

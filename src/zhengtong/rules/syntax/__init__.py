"""FEEL text to tree（句法分析）."""

from __future__ import annotations

from collections.abc import Iterable

from zhengtong.rules.syntax import tree
from zhengtong.rules.syntax.lexer import NameTable
from zhengtong.rules.syntax.parser import Parser

__all__ = ["NameTable", "parse_expression", "parse_type", "parse_unary_tests", "tree"]


def parse_expression(text: str, tables: Iterable[NameTable] = (), members: Iterable[NameTable] = ()) -> tree.Node:
    """Return the tree of an expression; refuses `rules.syntax` with line, column, what was expected and a remedy.

    `tables` hold names in scope that have spaces or operator characters, `members` such names of context entries.
    """
    return Parser(text, tables, members).whole_expression()


def parse_unary_tests(
    text: str, tables: Iterable[NameTable] = (), members: Iterable[NameTable] = ()
) -> tree.UnaryTests:
    """Return the tree of a decision-table cell such as `-`, `> 5`, `"a", "b"`, `not(1)`."""
    return Parser(text, tables, members).whole_unary_tests()


def parse_type(text: str, tables: Iterable[NameTable] = ()) -> tree.TypeNode:
    """Return the tree of a written type such as `list<number>`."""
    return Parser(text, tables).whole_type()

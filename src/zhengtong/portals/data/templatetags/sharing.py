"""Codes in words and colours（模板标签）."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from zhengtong.portals.data import words
from zhengtong.portals.ui.forms import Fault

register = template.Library()


@register.filter
def said(code: object, table: str) -> str:
    """Return a code of a table in words."""
    return words.say(table, code)


@register.filter
def toned(code: object, table: str) -> str:
    """Return the colour name of a code."""
    return words.tone(table, code)


@register.filter
def unlocalised(number: float) -> str:
    """Return a number as SVG wants it, whatever the page's language."""
    return f"{number:.1f}"


@register.filter
def fault_of(faults: Iterable[Fault], path: str) -> str:
    """Return the words of a field's fault, "" if it has none."""
    return next((fault.words for fault in faults if fault.path == path), "")

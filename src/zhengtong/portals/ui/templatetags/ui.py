"""The words of the templates（模板标签）: components that take typed values."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zhengtong.apps.cases.queries import COUNTED_TO
from zhengtong.kit import mask
from zhengtong.kit.identifiers import is_resident_id
from zhengtong.portals.ui import days, pieces
from zhengtong.portals.ui.languages import is_english, is_untranslated, pick, words_of

register = template.Library()
HAN = re.compile(r"[\u3400-\u9fff]")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a symbol of the sprite, hidden from screen readers: words always stand beside it."""
    return format_html('<svg class="ic" aria-hidden="true"><use href="{}#{}"/></svg>', static("ui/icons.svg"), name)


@register.filter
def bi(value: Any, name: str = "") -> str | SafeString:
    """Return the page-language half of a bilingual value, marked as Chinese where English is missing."""
    words = words_of(value, name)
    if words and is_untranslated(value, name):
        return format_html('<span lang="zh-CN">{}</span>', words)
    return words


@register.filter
def plain(value: Any, name: str = "") -> str:
    """Return the page-language half of a bilingual value as plain text, for titles and attributes."""
    return words_of(value, name)


@register.filter
def han(text: Any) -> str | SafeString:
    """Return a name or a value, marked as Chinese where an English page must show it in Chinese."""
    words = "" if text is None else str(text)
    if is_english() and HAN.search(words):
        return format_html('<span lang="zh-CN">{}</span>', words)
    return words


@register.simple_tag
def either(zh: str, en: str) -> str:
    """Return one of two given halves."""
    return pick(zh, en)


register.filter("day", days.say_day)
register.filter("moment", days.say_moment)
register.filter("fullday", days.say_full_day)
register.filter("tone", pieces.tone_of)
register.filter("due", pieces.due_of_clock)


@register.filter
def counted(number: int) -> str:
    """Return how many there are as it was counted: "10,000+" where the count of cases stopped."""
    return f"{number:,}+" if number == COUNTED_TO else str(number)


@register.filter
def masked(words: str) -> str:
    """Return the words as the screen may show them: an identity number keeps its ends, everything else stays."""
    return mask("resident-id", words) if is_resident_id(words) else words


@register.filter
def steps(case: Any) -> tuple[pieces.Step, ...]:
    """Return the step bar of anything with a state."""
    return pieces.steps_of(str(case.state))


@register.filter
def megabytes(size: int) -> str:
    """Return a file size people read: KB below one megabyte."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


@register.filter
def at_key(mapping: Any, key: Any) -> Any:
    """Return mapping[key], or None."""
    return mapping.get(key) if mapping else None


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return this page's query string with some values changed; "" removes one."""
    request = context["request"]
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key not in changes]
    kept = [(key, value) for key, value in kept if key != "mode"]
    kept += [(key, value) for key, value in changes.items() if value not in ("", None)]
    return f"?{urlencode(kept)}" if kept else "?"


@register.inclusion_tag("ui/field.html", takes_context=True)
def field(context: template.Context, bound: Any) -> dict[str, Any]:
    """Show one field of a form with label, hint, error and, if it was prefilled, its source."""
    return {"f": bound, "request": context.get("request")}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(faults: Any) -> dict[str, Any]:
    """Show every fault of a form as a link to its field."""
    return {"faults": faults}


@register.inclusion_tag("ui/step_bar.html")
def step_bar(items: Any) -> dict[str, Any]:
    """Show steps as an ordered list that says where one is."""
    items = tuple(items)
    current = next((n for n, step in enumerate(items, 1) if step.status in ("now", "hold", "bad")), len(items))
    return {"items": items, "current": current, "total": len(items)}


@register.inclusion_tag("ui/pager.html")
def page_links(pager: pieces.Pager) -> dict[str, Any]:
    """Show the links to other pages."""
    return {"p": pager}


@register.inclusion_tag("ui/crumbs.html")
def crumbs(items: Any) -> dict[str, Any]:
    """Show where the page stands."""
    return {"items": items}


@register.inclusion_tag("ui/time_bar.html")
def time_bar(bar: Any) -> dict[str, Any]:
    """Show used time as a bar with words."""
    return {"bar": bar}


@register.inclusion_tag("ui/timeline.html")
def timeline(events: Any) -> dict[str, Any]:
    """Show events, newest first."""
    return {"events": tuple(reversed(tuple(events)))}

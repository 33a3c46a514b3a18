"""Is what stands as text formal enough to run: expressions marked and not empty, formats, URIs, times, truth values?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.grammar import shape_of
from zhengtong.flow.check.sheet import Sheet, parent
from zhengtong.flow.program.dialect import is_expression
from zhengtong.flow.program.names import BPMN, XSI_TYPE, children, local, text_of

# Declared as plain tExpression by the schema; an executable process needs tFormalExpression there (BPMN 2.0.2, 8.4.6).
_EXPRESSIONS = frozenset(
    [
        "activationCondition",
        "completionCondition",
        "conditionExpression",
        "from",
        "loopCardinality",
        "loopCondition",
        "timeCycle",
        "timeDate",
        "timeDuration",
        "to",
    ],
)
_BODIES = frozenset({"messagePath", "dataPath", "transformation", "formalExpression", "condition"})
_TRUTHS = frozenset({"completionCondition", "conditionExpression", "loopCondition", "condition", "activationCondition"})
_MIME = re.compile(r"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?$")
_NO_URI = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")
_LITERAL = re.compile(r'^(?:-?\d+(?:\.\d+)?|"[^"]*"|null)$')
_ISO = re.compile(r"^(?:R\d*/|P[\dT])")
_TIMES = ("timeDate", "timeDuration", "timeCycle")


def check_formality(sheet: Sheet) -> Iterator[Fault]:
    """Yield expressions of executable processes that are not formal, and formal ones that say nothing."""
    for each in sheet.all:
        name, around = local(each), parent(each)
        plain = name in _EXPRESSIONS or (name == "condition" and local(around) == "conditionalEventDefinition")
        if plain and sheet.is_executable(each) and not _is_formal(each):
            yield sheet.say("informal-expression", each, child=name, host=_host(each))
        if name in _BODIES and not text_of(each) and not list(each) and _runs(sheet, each):
            yield sheet.say("empty-expression", each, child=name, host=_host(each))
        if name in _TRUTHS and _LITERAL.match(text_of(each)) and sheet.is_executable(each):
            yield sheet.say("not-a-truth", each, child=name, host=_host(each), text=text_of(each))


def _is_formal(expression: etree._Element) -> bool:
    prefix, _, said = (expression.get(XSI_TYPE) or "").rpartition(":")
    return said == "tFormalExpression" and expression.nsmap.get(prefix or None) in (BPMN, None)


def _runs(sheet: Sheet, each: etree._Element) -> bool:
    """Return whether an expression is to be evaluated: in an executable process, or outside every process."""
    return sheet.process_of(each) is None or sheet.is_executable(each)


def _host(each: etree._Element) -> str:
    around: etree._Element | None = each
    while around is not None and not around.get("id"):
        around = around.getparent()
    return around.get("id", "") if around is not None else ""


def check_formats(sheet: Sheet) -> Iterator[Fault]:
    """Yield MIME types and URIs that are none, and scripts that do not say which language they are in."""
    for each in sheet.all:
        for attribute in ("textFormat", "scriptFormat"):
            value = each.get(attribute)
            if value is not None and not _MIME.match(value.strip()) and not _is_language(attribute, value):
                yield sheet.say("bad-value", each, attribute=attribute, value=value, allowed="text/plain, text/feel …")
        found = shape_of(each)
        for attribute, (kind, _) in found.attributes.items() if found is not None else ():
            uri = kind == "anyURI" or (attribute == "method" and local(each) == "transaction")
            value = each.get(attribute) or ""
            if uri and _NO_URI.search(value.strip()):
                yield sheet.say("bad-value", each, attribute=attribute, value=value, allowed="URI")
        for expression in children(each):
            language = expression.get("language") or ""
            if _is_formal(expression) and _NO_URI.search(language.strip()):
                yield sheet.say("bad-value", expression, attribute="language", value=language, allowed="URI")
    for task in sheet.named("scriptTask"):
        if sheet.is_executable(task) and children(task, "script") and not task.get("scriptFormat"):
            yield sheet.say("missing-attribute", task, attribute="scriptFormat", serious=False)


def _is_language(attribute: str, value: str) -> bool:
    """Return whether a script format is the bare name of a language, as the usual engines write it."""
    return attribute == "scriptFormat" and value.strip().lower() in _LANGUAGES


_LANGUAGES = frozenset(["feel", "groovy", "javascript", "ecmascript", "js", "juel", "python", "jruby", "ruby", "java"])


def check_times(sheet: Sheet) -> Iterator[Fault]:
    """Yield times that are a bare word: no ISO 8601, no expression, and no data of that name in the model."""
    known = {each.get(key) for each in sheet.all for key in ("id", "name")}
    known |= {name for node in sheet.program.nodes.values() for name, _ in (node.script.steps if node.script else ())}
    for each in sheet.named(*_TIMES):
        text = text_of(each)
        word = text.isidentifier() and not _ISO.match(text) and not is_expression(text)
        if word and text not in known and sheet.is_executable(each):
            yield sheet.say("timer-unreadable", parent(each), text=text)

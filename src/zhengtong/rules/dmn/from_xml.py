"""DMN 1.1–1.5 XML → model（读取 DMN 文件）. Namespaces differ by version, the elements read here do not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from zhengtong.kit import Refused
from zhengtong.rules.core.ir import NO_LABEL, Label
from zhengtong.rules.dmn import model

HIT_POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS = ("SUM", "MIN", "MAX", "COUNT")
Element = Any


def read_model(source: bytes | str) -> model.Model:
    """Return the model of a DMN file; refuses `rules.dmn` for what is not well-formed DMN."""
    data = source.encode() if isinstance(source, str) else source
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _not_dmn(str(error.msg), error.lineno or 1) from error
    if _tag(root) != "definitions":
        raise _not_dmn(f"the root element is {_tag(root)}, not definitions", 1)
    return model.Model(
        namespace=root.get("namespace", ""),
        name=root.get("name", ""),
        imports=tuple(
            (child.get("name") or "", child.get("namespace", ""))
            for child in _children(root, "import")
            if "PMML" not in (child.get("importType") or "")
        ),
        items=tuple(_item(child) for child in _children(root, "itemDefinition")),
        elements=tuple(_READERS[_tag(child)](child) for child in root if _tag(child) in _READERS),
    )


def _not_dmn(why: str, line: int) -> Refused:
    return Refused(
        "rules.dmn",
        f"DMN 文件第 {line} 行读不懂：{why}。请用 DMN 编辑器重新导出。",
        f"Line {line} of the DMN file cannot be read: {why}. Export it again from a DMN editor.",
        facts={"line": line},
    )


def _tag(element: Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _child(element: Element, tag: str) -> Element | None:
    return next(iter(_children(element, tag)), None)


def _text(element: Element | None) -> str | None:
    """Return the content of the `text` child, null when there is none."""
    if element is None:
        return None
    text = _child(element, "text")
    return None if text is None else (text.text or "")


def _item(element: Element) -> model.Item:
    function = _child(element, "functionItem")
    signature = None
    if function is not None:
        parameters = tuple(
            model.Entry(part.get("name", ""), part.get("typeRef"), None) for part in _children(function, "parameters")
        )
        signature = (parameters, function.get("outputTypeRef"))
    type_ref = _child(element, "typeRef")
    return model.Item(
        name=element.get("name", ""),
        type_ref=(type_ref.text or "").strip() if type_ref is not None else element.get("typeRef"),
        collection=element.get("isCollection") == "true",
        components=tuple(_item(child) for child in _children(element, "itemComponent")),
        allowed=_text(_child(element, "allowedValues")),
        constraint=_text(_child(element, "typeConstraint")),
        function=signature,
    )


# -- elements of the requirements graph --------------------------------------------------------------------------------


def _variable(element: Element) -> tuple[str, str | None]:
    variable = _child(element, "variable")
    name = element.get("name", "")
    if variable is None:
        return name, None
    return variable.get("name") or name, variable.get("typeRef")


def _requires(element: Element) -> tuple[str, ...]:
    found: list[str] = []
    for kind in ("informationRequirement", "knowledgeRequirement"):
        for requirement in _children(element, kind):
            found.extend(child.get("href", "") for child in requirement if _tag(child).startswith("required"))
    return tuple(found)


def _input_data(element: Element) -> model.Element:
    name, type_ref = _variable(element)
    return model.Element(element.get("id", name), name, "input", type_ref)


def _decision(element: Element) -> model.Element:
    name, type_ref = _variable(element)
    return model.Element(
        element.get("id", name), name, "decision", type_ref, _logic(element), requires=_requires(element)
    )


def _knowledge(element: Element) -> model.Element:
    name, type_ref = _variable(element)
    logic = _child(element, "encapsulatedLogic")
    function = _function(logic) if logic is not None else None
    return model.Element(element.get("id", name), name, "bkm", type_ref, function, requires=_requires(element))


def _service(element: Element) -> model.Element:
    name, type_ref = _variable(element)

    def hrefs(tag: str) -> tuple[str, ...]:
        return tuple(child.get("href", "") for child in _children(element, tag))

    return model.Element(
        element.get("id", name),
        name,
        "service",
        type_ref,
        outputs=hrefs("outputDecision"),
        encapsulated=hrefs("encapsulatedDecision"),
        inputs=hrefs("inputData") + hrefs("inputDecision"),
    )


_READERS: dict[str, Callable[[Element], model.Element]] = {
    "inputData": _input_data,
    "decision": _decision,
    "businessKnowledgeModel": _knowledge,
    "decisionService": _service,
}


# -- boxed expressions -------------------------------------------------------------------------------------------------


def _logic(element: Element) -> model.Boxed | None:
    """Return the one boxed expression directly inside an element."""
    for child in element:
        reader = _BOXED.get(_tag(child))
        if reader is not None:
            return reader(child)
    return None


def _inside(element: Element, tag: str) -> model.Boxed:
    part = _child(element, tag)
    found = _logic(part) if part is not None else None
    return found if found is not None else model.Literal("")


def _literal(element: Element) -> model.Literal:
    language = element.get("expressionLanguage") or ""
    foreign = "" if not language or "feel" in language.lower() else language
    return model.Literal(_text(element) or "", foreign, type_ref=element.get("typeRef"))


def _context(element: Element) -> model.Context:
    entries, result = [], None
    for entry in _children(element, "contextEntry"):
        variable, value = _child(entry, "variable"), _logic(entry)
        if variable is None:
            result = value
        else:
            entries.append(model.Entry(variable.get("name", ""), variable.get("typeRef"), value))
    return model.Context(tuple(entries), result, type_ref=element.get("typeRef"))


def _list(element: Element) -> model.ListOf:
    items = [_BOXED[_tag(child)](child) for child in element if _tag(child) in _BOXED]
    return model.ListOf(tuple(items), type_ref=element.get("typeRef"))


def _relation(element: Element) -> model.Relation:
    columns = [
        model.Entry(column.get("name", ""), column.get("typeRef"), None) for column in _children(element, "column")
    ]
    rows = [
        tuple(_BOXED[_tag(child)](child) for child in row if _tag(child) in _BOXED) for row in _children(element, "row")
    ]
    return model.Relation(tuple(columns), tuple(rows), type_ref=element.get("typeRef"))


def _invocation(element: Element) -> model.Invocation:
    bindings = []
    for binding in _children(element, "binding"):
        parameter = _child(binding, "parameter")
        if parameter is not None:
            bindings.append(model.Entry(parameter.get("name", ""), parameter.get("typeRef"), _logic(binding)))
    function = _logic(element) or model.Literal("")
    return model.Invocation(function, tuple(bindings), type_ref=element.get("typeRef"))


def _function(element: Element) -> model.Function:
    parameters = tuple(
        model.Entry(part.get("name", ""), part.get("typeRef"), None) for part in _children(element, "formalParameter")
    )
    return model.Function(parameters, _logic(element), element.get("kind") or "FEEL", type_ref=element.get("typeRef"))


def _conditional(element: Element) -> model.Conditional:
    parts = (_inside(element, tag) for tag in ("if", "then", "else"))
    return model.Conditional(*parts, type_ref=element.get("typeRef"))


def _filter(element: Element) -> model.Filter:
    return model.Filter(_inside(element, "in"), _inside(element, "match"), type_ref=element.get("typeRef"))


def _for(element: Element) -> model.For:
    variable = element.get("iteratorVariable", "")
    return model.For(variable, _inside(element, "in"), _inside(element, "return"), type_ref=element.get("typeRef"))


def _quantified(element: Element) -> model.Quantified:
    return model.Quantified(
        _tag(element) == "every",
        element.get("iteratorVariable", ""),
        _inside(element, "in"),
        _inside(element, "satisfies"),
        type_ref=element.get("typeRef"),
    )


def _column(element: Element) -> model.Column:
    expression = _child(element, "inputExpression")
    read = _literal(expression) if expression is not None else model.Literal("")
    label = element.get("label") or (expression.get("label") if expression is not None else None) or read.text.strip()
    return model.Column(read, Label(label, label), _text(_child(element, "inputValues")))


def _label(text: str) -> Label:
    return Label(text, text) if text else NO_LABEL


def _output(element: Element) -> model.Output:
    return model.Output(
        element.get("name") or "",
        _label(element.get("label") or element.get("name") or ""),
        element.get("typeRef"),
        _text(_child(element, "outputValues")),
        _text(_child(element, "defaultOutputEntry")),
    )


def _row(element: Element) -> model.Row:
    description = _child(element, "description")
    return model.Row(
        tuple(_text(cell) or "" for cell in _children(element, "inputEntry")),
        tuple(_literal(cell) for cell in _children(element, "outputEntry")),
        _label(element.get("label") or ""),
        tuple(_text(cell) or "" for cell in _children(element, "annotationEntry"))
        + ((description.text or "",) if description is not None else ()),
    )


def _table(element: Element) -> model.Table:
    aggregation = element.get("aggregation")
    return model.Table(
        tuple(_column(child) for child in _children(element, "input")),
        tuple(_output(child) for child in _children(element, "output")),
        tuple(_row(child) for child in _children(element, "rule")),
        HIT_POLICIES.get(element.get("hitPolicy") or "UNIQUE", "U"),
        aggregation if aggregation in AGGREGATIONS else None,
        type_ref=element.get("typeRef"),
    )


_BOXED: dict[str, Callable[[Element], model.Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}

"""A model（流程模型）as a document: BPMN 2.0 XML in and out, nothing lost.

The XML tree itself is the record: elements, attributes and diagrams we do not know stay where they were, so writing a
model back cannot lose them. What the engine understands is read from the tree into a `Program` beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from lxml import etree

from zhengtong.flow.program import Program, build_program
from zhengtong.flow.program.names import BPMN, local, tag
from zhengtong.kit import Refused

_BOUND_BYTES = 50_000_000


class Model:
    """One BPMN document（流程模型）: the tree, and the program compiled from it once, on first use."""

    def __init__(self, tree: etree._ElementTree) -> None:
        self.tree = tree

    @property
    def root(self) -> etree._Element:
        """Return the `definitions` element."""
        return self.tree.getroot()

    @cached_property
    def program(self) -> Program:
        """Return the compiled program; faulty parts are left out, `check_model` names them."""
        return build_program(self.root)

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return (read_model, (write_model(self),))


def read_model(xml: bytes) -> Model:
    """Return the model in `xml`; refused when it is not well-formed, declares a DTD, or is not BPMN 2.0."""
    if len(xml) > _BOUND_BYTES:
        raise _refusal("too-large", "文件超过 50 MB，请拆分模型。", "The file exceeds 50 MB; split the model.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise _refusal(
            "not-xml",
            f"不是格式正确的 XML：{error}。请用建模工具重新导出。",
            f"Not well-formed XML: {error}. Export it again from the modelling tool.",
        ) from error
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None:
        raise _refusal(
            "doctype", "模型不得包含 DTD，请删去 DOCTYPE。", "A model may not carry a DTD; remove the DOCTYPE."
        )
    if root.tag != tag("definitions"):
        raise _refusal(
            "not-bpmn",
            f"根元素是 {root.tag}，应为 BPMN 2.0 的 definitions。请导出为 BPMN 2.0 XML。",
            f"The root element is {root.tag}, not BPMN 2.0 definitions. Export as BPMN 2.0 XML.",
        )
    return Model(tree)


def write_model(model: Model) -> bytes:
    """Return the model as UTF-8 XML, diagram and foreign elements included."""
    return etree.tostring(model.tree, xml_declaration=True, encoding="UTF-8")


def list_differences(left: Model, right: Model) -> list[str]:
    """Return where two documents differ in meaning: names, attributes, text, children in order; layout blanks ignored."""
    return list(_differences(left.root, right.root, "/" + local(left.root)))


def _differences(left: etree._Element, right: etree._Element, path: str) -> Iterator[str]:
    if left.tag != right.tag:
        yield f"{path}: {left.tag} / {right.tag}"
        return
    if _attributes(left) != _attributes(right):
        yield f"{path}: attributes differ"
    if (left.text or "").strip() != (right.text or "").strip() or (left.tail or "").strip() != (
        right.tail or ""
    ).strip():
        yield f"{path}: text differs"
    ours, theirs = _elements(left), _elements(right)
    if len(ours) != len(theirs):
        yield f"{path}: {len(ours)} / {len(theirs)} children"
        return
    for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
        yield from _differences(one, other, f"{path}/{local(one)}[{index}]")


def _elements(node: etree._Element) -> list[etree._Element]:
    return [child for child in node if isinstance(child.tag, str)]


def _attributes(node: etree._Element) -> dict[str, str]:
    """Return attributes with qualified-name values spelled out, so that another prefix is no difference."""
    found = {str(name): str(value) for name, value in node.attrib.items()}
    return {name: _expanded(node, value) if name.endswith("}type") else value for name, value in found.items()}


def _expanded(node: etree._Element, value: str) -> str:
    prefix, colon, name = value.rpartition(":")
    space = node.nsmap.get(prefix or None) if colon or None in node.nsmap else None
    return f"{{{space}}}{name}" if space else value


def _refusal(reason: str, zh: str, en: str) -> Refused:
    return Refused(f"flow.read.{reason}", zh, en, facts={"namespace": BPMN})

"""The words of the house: Chinese terms in the first docstring lines of public classes, and the glossary that holds them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.architecture.tree import PACKAGE, ROOT, python_files, tree_of

FILE = ROOT / "GLOSSARY.md"
MARK = "<!-- made: from here on by `python -m tests.architecture.reference` -->"
TERM = re.compile(r"（([^（）]*[\u4e00-\u9fff][^（）]*)）")
ROW = re.compile(r"^\| (?P<en>[^|]+?) \| (?P<zh>[^|]+?) \| (?P<what>[^|]+?) \| ?(?P<source>[^|]*?) ?\|$", re.MULTILINE)


def terms() -> dict[str, dict[str, set[str]]]:
    """Return room → Chinese term → names of the public classes that carry it."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ClassDef) or node.name.startswith("_") or node.name.endswith("Config"):
                continue
            first = (ast.get_docstring(node) or "").split("\n", 1)[0]
            for term in TERM.findall(first):
                found[room_of(path.relative_to(PACKAGE).parts)][term].add(node.name)
    return found


def room_of(parts: tuple[str, ...]) -> str:
    """Return the room of a file: a folder of the package, or a capability or portal."""
    return "/".join(parts[:2]) if parts[0] in ("apps", "portals") else parts[0]


def english(name: str) -> str:
    """Return a class name as words."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Shape")).lower()
    return words or name


def made() -> str:
    """Return the generated part: each room's words, sorted by the English."""
    parts = [MARK, "", "## Words of the rooms / 各室用词", ""]
    for room, words in sorted(terms().items()):
        rows = sorted((", ".join(sorted({english(name) for name in names})), zh) for zh, names in words.items())
        parts += [f"**{room}**: " + " · ".join(f"{en} {zh}" for en, zh in rows), ""]
    return "\n".join(parts)


def written() -> str:
    """Return the part written by hand."""
    return FILE.read_text("utf-8").split(MARK, 1)[0]


def rows() -> list[dict[str, str]]:
    """Return the rows of the table written by hand."""
    found = [match.groupdict() for match in ROW.finditer(written())]
    return [row for row in found if row["en"] != "English" and not row["en"].startswith("---")]

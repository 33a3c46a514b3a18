"""Every message of the portals（界面文字）, read from the sources: gettext calls in Python, translation tags in templates."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PORTALS = Path(__file__).resolve().parents[3] / "src/zhengtong/portals"
PLAIN = ("_", "gettext", "gettext_lazy")
TRANS = re.compile(r"\{%\s*trans(?:late)?\s+(?P<mark>[\"'])(?P<text>.*?)(?P=mark).*?%\}")
IN_FILTER = re.compile(r':_\("(.*?)"\)')
BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b(?P<head>.*?)%\}(?P<body>.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.S)

Message = tuple[str, str | None]


def messages_of(portal: str) -> dict[Message, str]:
    """Return (message, plural or None) → the file it stands in, for one portal."""
    found: dict[Message, str] = {}
    for path in sorted((PORTALS / portal).rglob("*.py")):
        for message in _in_python(path.read_text(encoding="utf-8")):
            found.setdefault(message, path.name)
    for path in sorted((PORTALS / portal / "templates").rglob("*.html")):
        for message in _in_template(path.read_text(encoding="utf-8")):
            found.setdefault(message, path.name)
    return found


def _in_python(source: str) -> list[Message]:
    found: list[Message] = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if node.func.id in PLAIN and texts:
            found.append((texts[0], None))
        elif node.func.id == "ngettext":
            found.append((texts[0], texts[1]))
    return found


def _in_template(source: str) -> list[Message]:
    found: list[Message] = [(match["text"].replace("%", "%%"), None) for match in TRANS.finditer(source)]
    found += [(text, None) for text in IN_FILTER.findall(source)]
    for match in BLOCK.finditer(source):
        parts = [
            _as_message(part, "trimmed" in match["head"]) for part in re.split(r"\{%\s*plural\s*%\}", match["body"])
        ]
        found.append((parts[0], parts[1] if len(parts) == 2 else None))
    return found


def _as_message(text: str, trimmed: bool) -> str:
    if trimmed:
        text = " ".join(line.strip() for line in text.strip().splitlines())
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", text.replace("%", "%%"))

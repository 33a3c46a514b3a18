"""Compiles the translations（译文）: every `locale/*/LC_MESSAGES/*.po` of the portals to the `.mo` that gettext reads.

Standard library only, so that the build needs no gettext: `python -m zhengtong.portals.ui.messages`. Reads the plain
subset of PO that this project writes: comments, msgid, msgid_plural, msgstr, msgstr[n], continued strings.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from pathlib import Path

PORTALS = Path(__file__).resolve().parent.parent
MAGIC = 0x950412DE
KEYWORD = re.compile(r'^(msgid_plural|msgid|msgstr(?:\[\d\])?)\s+(".*")$')


def read_po(text: str) -> dict[str, str]:
    """Return message → translation as MO keeps them: plural messages and translations joined by NUL."""
    entries: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text):
        parts = _parts(block)
        if "msgid" not in parts:
            continue
        forms = [parts[key] for key in sorted(parts) if key.startswith("msgstr")]
        if not all(forms):
            continue
        plural = parts.get("msgid_plural")
        entries[parts["msgid"] if plural is None else f"{parts['msgid']}\0{plural}"] = "\0".join(forms)
    return entries


def _parts(block: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    current = ""
    for line in block.splitlines():
        found = KEYWORD.match(line)
        if found:
            current = found[1]
            parts[current] = ast.literal_eval(found[2])
        elif line.startswith('"') and current:
            parts[current] += ast.literal_eval(line)
    return parts


def to_mo(entries: dict[str, str]) -> bytes:
    """Return the MO file (GNU gettext manual, 10.3) of the entries: a table sorted by message, no hash table."""
    pairs = sorted((key.encode(), value.encode()) for key, value in entries.items())
    count = len(pairs)
    start = 28 + count * 16
    body, places = b"", ([], [])  # type: ignore[var-annotated]
    for column in (0, 1):
        for pair in pairs:
            places[column].append((len(pair[column]), start + len(body)))
            body += pair[column] + b"\0"
    header = struct.pack("<7I", MAGIC, 0, count, 28, 28 + count * 8, 0, start)
    tables = b"".join(struct.pack("<2I", *place) for column in places for place in column)
    return header + tables + body


def compile_messages(root: Path = PORTALS) -> list[Path]:
    """Write each catalogue that is missing or older than its source; return those written."""
    written = []
    for source in sorted(root.glob("*/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        content = to_mo(read_po(source.read_text(encoding="utf-8")))
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
            written.append(target)
    return written


if __name__ == "__main__":
    for path in compile_messages():
        print(path, file=sys.stderr)

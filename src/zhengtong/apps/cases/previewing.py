"""A small picture of a file（预览）: its first page, or the image itself, drawn by typst. What cannot be drawn has none."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import typst

from zhengtong.apps.cases import store

WIDTH_POINTS = 240
MOST_BYTES = 20 * 1024 * 1024
NAMES = {"application/pdf": "file.pdf", "image/jpeg": "file.jpg", "image/png": "file.png"}
DRAWING = '#set page(width: auto, height: auto, margin: 0pt)\n#image("{name}", width: {width}pt)'


@lru_cache(maxsize=64)
def preview(storage: UUID, media_type: str) -> bytes | None:
    """Return a PNG of a kept file, 240 points wide; None for a type or a file nobody can draw."""
    name = NAMES.get(media_type)
    return draw(store.fetch(storage), name) if name else None


def draw(content: bytes, name: str) -> bytes | None:
    """Return the PNG of a file by its name's ending; None when it is too large or broken."""
    if len(content) > MOST_BYTES:
        return None
    with tempfile.TemporaryDirectory(prefix="zhengtong-preview-") as folder:
        (Path(folder) / name).write_bytes(content)
        page = Path(folder) / "page.typ"
        page.write_text(DRAWING.format(name=name, width=WIDTH_POINTS), encoding="utf-8")
        try:
            drawn = typst.compile(str(page), root=folder, format="png", ppi=96)
        except (typst.TypstError, RuntimeError, ValueError):
            return None
    return drawn if isinstance(drawn, bytes) else None

"""How many pages a document has, and what in it could act by itself（页数与活动内容）; the only home of pyhanko here."""

from __future__ import annotations

import io
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

ACTIVE = ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/OpenAction", "/AA")
MOST_OBJECTS = 20_000
MEDIA_PAGED = "application/pdf"


class UnreadableError(ValueError):
    """A document nobody could read."""


def count_pages(media_type: str, content: bytes) -> int:
    """Return the pages of a document; anything but a PDF is one page. Raises UnreadableError."""
    if media_type != MEDIA_PAGED:
        return 1
    reader = _open(content)
    try:
        pages = int(reader.root["/Pages"]["/Count"])
    except Exception as fault:  # whatever a broken document makes the reader stumble over
        raise UnreadableError(str(fault)) from fault
    if pages < 1:
        raise UnreadableError("no pages")
    return pages


def active_content(media_type: str, content: bytes) -> list[str]:
    """Return what in a PDF could act by itself: scripts, launches, embedded files; encrypted documents say so."""
    if media_type != MEDIA_PAGED:
        return []
    try:
        reader = _open(content)
        if reader.encrypted:
            return ["encrypted"]
        return sorted(_walk(reader.root))
    except UnreadableError:
        return []
    except Exception:  # what cannot be walked is for usability to report
        return ["unreadable"]


def _open(content: bytes) -> PdfFileReader:
    try:
        return PdfFileReader(io.BytesIO(content), strict=False)
    except (PdfReadError, ValueError, KeyError, TypeError, IndexError, RecursionError) as fault:
        raise UnreadableError(str(fault)) from fault


def _walk(root: Any) -> set[str]:
    found: set[str] = set()
    seen: set[tuple[int, int]] = set()
    left: list[Any] = [root]
    while left and len(seen) < MOST_OBJECTS:
        one = left.pop()
        if isinstance(one, IndirectObject):
            place = (one.idnum, one.generation)
            if place in seen:
                continue
            seen.add(place)
            one = one.get_object()
        if isinstance(one, DictionaryObject):
            found |= {str(key) for key in one if key in ACTIVE}
            left += [one.raw_get(key) for key in one if key != "/Parent"]
        elif isinstance(one, ArrayObject):
            left += [one.raw_get(at) for at in range(len(one))]
    return found

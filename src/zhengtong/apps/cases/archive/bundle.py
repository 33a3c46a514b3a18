"""A case file packed（归档包）: an index, the log with its receipts, and every document, numbered page by page."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhengtong.apps.cases.archive.pages import UnreadableError, count_pages
from zhengtong.kit import digest, to_canonical

FORMAT = "zhengtong.case-file/1"
INDEX, LOG = "index.json", "log.json"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same contents make the same bytes, whenever they are packed
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/ofd": "ofd",
    "text/html": "html",
    "application/json": "json",
}


@dataclass(frozen=True)
class Entry:
    """One document of a case file（卷内文件）: `group` is "cover", "material", "office" or "certificate"."""

    group: str
    title_zh: str
    title_en: str
    media_type: str
    content: bytes
    at: str = ""
    by: str = ""
    scan: str = ""


def build_bundle(head: Mapping[str, Any], log: Sequence[Mapping[str, Any]], entries: Iterable[Entry]) -> bytes:
    """Return the bundle: a ZIP of index.json, log.json and the documents in order, byte for byte reproducible.

    `head` names the case; `log` are its entries with payload, receipt number and what the receipt commits to.
    """
    documents, listed, page = [], [], 1
    for number, entry in enumerate(entries, start=1):
        name = f"{number:03d}.{EXTENSIONS.get(entry.media_type, 'bin')}"
        pages = _pages(entry)
        listed.append(
            {
                "no": number,
                "name": name,
                "group": entry.group,
                "title_zh": entry.title_zh,
                "title_en": entry.title_en,
                "media_type": entry.media_type,
                "sha256": hashlib.sha256(entry.content).hexdigest(),
                "size_bytes": len(entry.content),
                "from_page": page,
                "to_page": page + pages - 1,
                "at": entry.at,
                "by": entry.by,
                "scan": entry.scan,
            }
        )
        page += pages
        documents.append((f"files/{name}", entry.content))
    log_bytes = to_canonical(list(log))
    index = {
        "format": FORMAT,
        **head,
        "pages": page - 1,
        "log": {"name": LOG, "entries": len(log), "sha256": hashlib.sha256(log_bytes).hexdigest()},
        "entries": listed,
    }
    return _zip([(INDEX, to_canonical(index)), (LOG, log_bytes), *documents])


def open_index(bundle: bytes) -> dict[str, Any]:
    """Return the index of a bundle."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as package:
        index: dict[str, Any] = json.loads(package.read(INDEX))
    return index


def digest_of(index: Mapping[str, Any]) -> str:
    """Return what the receipt of archiving commits to."""
    return digest(index)


def _pages(entry: Entry) -> int:
    try:
        return count_pages(entry.media_type, entry.content)
    except UnreadableError:
        return 1


def _zip(members: list[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()

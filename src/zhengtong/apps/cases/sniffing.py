"""What a file really is（文件类型识别）, by its first bytes; its name is what somebody typed."""

from __future__ import annotations

import io
import zipfile

MEDIA_TYPES: dict[str, str] = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "ofd": "application/ofd",
}
_ALIASES = {"jpeg": "jpg"}


def sniff(content: bytes) -> str | None:
    """Return "pdf", "jpg", "png" or "ofd", or None for anything else, cut-off and disguised files included."""
    if content[:5] == b"%PDF-":
        return "pdf" if b"%%EOF" in content[-2048:] else None
    if content[:3] == b"\xff\xd8\xff":
        return "jpg" if content.rstrip(b"\x00")[-2:] == b"\xff\xd9" else None
    if content[:8] == b"\x89PNG\r\n\x1a\n":
        return "png" if b"IEND" in content[-16:] else None
    if content[:4] == b"PK\x03\x04" and _is_ofd(content):
        return "ofd"
    return None


def is_accepted(kind: str | None, formats: tuple[str, ...]) -> bool:
    """Return whether a sniffed type is among a material's formats."""
    return kind is not None and kind in {_ALIASES.get(name.lower(), name.lower()) for name in formats}


def _is_ofd(content: bytes) -> bool:
    try:  # only the directory is read: nothing is unpacked
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return "OFD.xml" in package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False

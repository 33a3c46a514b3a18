"""A ZIP file with one possible form（确定性压缩包）: stored, undated, in order, so that every byte is checked.

Python's `zipfile` passes over many changed bytes (dates, attributes, comments) and writes differently from release to
release; these few fixed records do neither, and any unzip program opens them. APPNOTE.TXT §4.3.7, §4.3.12, §4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from zhengtong.kit import Refused

_LOCAL = struct.Struct("<IHHHHHIIIHH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_END = struct.Struct("<IHHHHIIH")
_UTF8 = 0x0800
_FIRST_DATE = 0x0021  # 1980-01-01, the first date the form can say
_LARGEST = 0xFFFFFFFE


def to_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of `files`, sorted by name; together below 4 GiB."""
    parts: list[bytes] = []
    central: list[bytes] = []
    offset = 0
    for name in sorted(files):
        content, path = files[name], name.encode()
        sums = (zlib.crc32(content), len(content), len(content))
        local = _LOCAL.pack(0x04034B50, 20, _UTF8, 0, 0, _FIRST_DATE, *sums, len(path), 0) + path
        row = (0x02014B50, 20, 20, _UTF8, 0, 0, _FIRST_DATE, *sums, len(path), 0, 0, 0, 0, 0, offset)
        central.append(_CENTRAL.pack(*row) + path)
        parts += [local, content]
        offset += len(local) + len(content)
        if offset > _LARGEST:
            raise Refused(
                "ledger.archive.too-large",
                "导出内容超过 4 GiB，请导出为文件夹。",
                "The export is larger than 4 GiB; export it as a directory.",
            )
    directory = b"".join(central)
    end = _END.pack(0x06054B50, 0, 0, len(files), len(files), len(directory), offset, 0)
    return b"".join([*parts, directory, end])


def from_archive(content: bytes) -> dict[str, bytes]:
    """Return the files of an archive; refused unless `to_archive` of them is `content`, byte for byte."""
    files: dict[str, bytes] = {}
    offset = 0
    try:
        while content[offset : offset + 4] == b"PK\x03\x04":
            header = _LOCAL.unpack_from(content, offset)
            size, name_length = header[8], header[9]
            start = offset + _LOCAL.size
            name = content[start : start + name_length].decode()
            files[name] = content[start + name_length : start + name_length + size]
            offset = start + name_length + size
    except (struct.error, UnicodeDecodeError):
        files = {}
    if not files or to_archive(files) != content:
        raise Refused(
            "ledger.archive.changed",
            "该压缩包已被改动或由其他程序重新压缩。若是后者，请解压为文件夹后再验证。",
            "The archive was changed, or packed again by another program; if so, unpack it and verify the directory.",
        )
    return files

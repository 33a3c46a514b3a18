"""Which characters a file's bytes are（编码识别）: UTF-8, UTF-8 with BOM, UTF-16 with BOM, GB18030 — read to the end."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CHUNK_BYTES = 8 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True)
class EncodingFound:
    """The encoding and why; `bad_lines` are the 1-based lines that are not text in it, at most 100,000 of them."""

    name: str
    zh: str
    en: str
    bad_lines: tuple[int, ...] = ()


def detect_encoding(path: Path) -> EncodingFound:
    """Return the encoding in which the fewest lines are broken; cost: one pass, two when it is not UTF-8."""
    with path.open("rb") as file:
        head = file.read(3)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return EncodingFound(
                name, "文件以字节顺序标记开头", "the file starts with a byte order mark", tuple(_bad_lines(path, name))
            )
    if _decodes(path, "utf-8"):
        return EncodingFound("utf-8", "全部字节为合法 UTF-8", "every byte is valid UTF-8")
    broken = {name: tuple(_bad_lines(path, name)) for name in ("utf-8", "gb18030")}
    name = min(broken, key=lambda encoding: len(broken[encoding]))
    count = len(broken[name])
    return EncodingFound(
        name,
        f"按 {name} 解读时坏行最少（{count} 行）",
        f"fewest broken lines when read as {name} ({count})",
        broken[name],
    )


def to_utf8(path: Path, encoding: EncodingFound, target: Path) -> None:
    """Write the file as UTF-8 without the bad lines; each leaves an empty line, so line numbers stay."""
    bad = set(encoding.bad_lines)
    with target.open("wb") as out:
        for number, line in enumerate(_lines(path, encoding.name), 1):
            if number == 1:
                line = _without_mark(line, encoding.name)
            if number in bad:
                out.write(b"\n")
            else:
                out.write(line if encoding.name.startswith("utf-8") else line.decode(encoding.name).encode())


def read_line(path: Path, encoding: str, wanted: set[int]) -> dict[int, str]:
    """Return the text of the wanted lines, undecodable bytes as U+FFFD, each cut at 2,000 characters."""
    found = {}
    for number, line in enumerate(_lines(path, encoding), 1):
        if number in wanted:
            found[number] = line.decode(encoding, "replace").rstrip("\r\n")[:2000]
            if len(found) == len(wanted):
                break
    return found


def _without_mark(line: bytes, encoding: str) -> bytes:
    for mark, name in _MARKS:
        if name == encoding and line.startswith(mark):
            return line[len(mark) :]
    return line


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _bad_lines(path: Path, encoding: str, most: int = 100_000) -> Iterator[int]:
    found = 0
    for number, line in enumerate(_lines(path, encoding), 1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            yield number
            found += 1
            if found >= most:
                return


def _lines(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield lines with their ends; in UTF-16 a line ends at the code unit U+000A, not at any byte 0x0A."""
    if not encoding.startswith("utf-16"):
        with path.open("rb") as file:
            yield from file
        return
    end, rest = "\n".encode(encoding), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            *lines, rest = _split_units(rest + chunk, end)
            yield from lines
    if rest:
        yield rest


def _split_units(held: bytes, end: bytes) -> Iterator[bytes]:
    """Yield the lines that end in `held`, then what is left of it; an end counts at an even offset only."""
    start, at = 0, held.find(end)
    while at != -1:
        if at % 2 == 0:
            yield held[start : at + 2]
            start = at + 2
        at = held.find(end, at + 1)
    yield held[start:]

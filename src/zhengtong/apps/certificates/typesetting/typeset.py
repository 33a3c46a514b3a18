"""A certificate drawn as PDF/A-2b（电子证照版式文件）by typst, with its QR code by segno."""

from __future__ import annotations

import io
import json
import re
import threading
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import segno
import typst

from zhengtong.kit import Refused, to_local

TEMPLATE = Path(__file__).with_name("certificate.typ")
MOST_MISSING_GLYPHS = 12
_MISSING_GLYPH = re.compile(r'the text `"(?P<text>[^`]+)"` could not be displayed')
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}|\\U([0-9a-fA-F]{8})")


@dataclass(frozen=True)
class FaceSheet:
    """Everything printed on a certificate; `rows` are (Chinese label, English label, value)."""

    title_zh: str
    title_en: str
    rows: tuple[tuple[str, str, str], ...]
    number: str
    identifier: str
    issuer_zh: str
    issuer_en: str
    issued_on: str
    valid_zh: str
    valid_en: str
    verify_url: str
    version: int = 1


@dataclass(frozen=True)
class Typeset:
    """The drawn document; `missing_glyphs` are characters no font at hand has, printed as 〔U+XXXXX〕."""

    pdf: bytes
    missing_glyphs: tuple[str, ...]


def typeset(sheet: FaceSheet, *, fonts: Path | None, at: datetime) -> Typeset:
    """Return the certificate as PDF/A-2b; about 5 ms once the process has drawn its first.

    PDF/A forbids a character without a glyph, so typst refuses it by name: a rare character of a name must not stop
    the certificate, and must not become an empty box either, so its code point is printed and the caller is told.
    """
    text = json.dumps({**asdict(sheet), "qr": _qr_svg(sheet.verify_url)}, ensure_ascii=False)
    missing: list[str] = []
    while True:
        try:
            return Typeset(_compile(text, fonts, at), tuple(missing))
        except typst.TypstError as error:
            glyphs = [glyph for glyph in _missing_in(error) if glyph in text]
            if not glyphs:
                raise
            missing.extend(glyphs)
            if len(missing) > MOST_MISSING_GLYPHS:
                raise _no_font() from error
            for glyph in glyphs:
                text = text.replace(glyph, f"〔U+{ord(glyph):04X}〕")


def _missing_in(error: typst.TypstError) -> list[str]:
    found = _MISSING_GLYPH.search(str(error))
    if not found:
        return []
    text = _ESCAPE.sub(lambda escape: chr(int(escape[1] or escape[2], 16)), found["text"])
    return list(dict.fromkeys(text))


def _compile(text: str, fonts: Path | None, at: datetime) -> bytes:
    compiler, lock = _compiler(fonts)
    with lock:  # a typst compiler may not be entered by two threads
        pdf = compiler.compile(
            format="pdf",
            pdf_standards="a-2b",
            sys_inputs={"sheet": text},
            timestamp=to_local(at).replace(microsecond=0),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst returned no single document")
    return pdf


@lru_cache(maxsize=4)
def _compiler(fonts: Path | None) -> tuple[typst.Compiler, threading.Lock]:
    own = bool(fonts and fonts.is_dir() and any(fonts.rglob("*.ttf")))
    compiler = typst.Compiler(
        TEMPLATE, font_paths=[str(fonts)] if own else [], ignore_system_fonts=own, sys_inputs={"sheet": "{}"}
    )
    return compiler, threading.Lock()


def _qr_svg(url: str) -> str:
    out = io.BytesIO()
    segno.make(url, error="m").save(out, kind="svg", border=2, xmldecl=False, svgns=True, dark="#1A2430")
    return out.getvalue().decode()


def _no_font() -> Refused:
    return Refused(
        "certificates.typeset.no-font",
        "无法生成证照：没有可用的中文字体。请运行 ./run 构建前端（随附思源黑体），或安装系统中文字体。",
        "The certificate cannot be drawn: no Chinese font is at hand. Run ./run to build the front end (it brings "
        "Noto Sans SC), or install a Chinese system font.",
        status=503,
    )

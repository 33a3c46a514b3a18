"""Uploaded data files（数据文件）: put under their own kind of name into a folder that is gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile

from zhengtong.kit import Refused

KINDS = (".csv", ".tsv", ".txt", ".parquet")
MOST_BYTES = 512 * 1024 * 1024
MOST_TEXT = 512 * 1024


@contextmanager
def kept_for_now(upload: UploadedFile | None) -> Iterator[Path]:
    """Give the path of an uploaded file for the length of a `with`; refused when there is none or it is not a table."""
    if upload is None or not upload.size:
        raise wrong("请选择要装载的数据文件，它不能是空的。", "Choose the file of rows to load; it may not be empty.")
    suffix = Path(upload.name or "").suffix.lower()
    if suffix not in KINDS:
        raise wrong(
            f"数据文件应为 CSV、TSV 或 Parquet，不能是“{suffix or upload.name}”。",
            f"The file must be CSV, TSV or Parquet, not {suffix or upload.name!r}.",
        )
    if upload.size > MOST_BYTES:
        raise wrong(
            "数据文件超过 512 MB，请用命令 zhengtong data load 装载。",
            "The file exceeds 512 MB: load it with `zhengtong data load`.",
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"source{suffix}"
        with path.open("wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
        yield path


def text_of(upload: UploadedFile | None) -> str:
    """Return the text of an uploaded declaration; "" where there is none, refused where it is not UTF-8 or too long."""
    if upload is None:
        return ""
    if (upload.size or 0) > MOST_TEXT:
        raise wrong("声明不能超过 512 KB。", "A declaration may not exceed 512 KB.")
    try:
        return upload.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise wrong("声明文件应为 UTF-8 编码的文字。", "The declaration must be text in UTF-8.") from None


def wrong(zh: str, en: str) -> Refused:
    return Refused("portal.data.source", zh, en, field="source")

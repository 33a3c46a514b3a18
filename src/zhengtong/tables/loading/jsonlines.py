"""JSON lines and JSON APIs → rows（JSON 抽取）."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhengtong.kit import Refused
from zhengtong.tables.loading.extract import Extract, Number
from zhengtong.tables.loading.report import Rejected
from zhengtong.tables.loading.sources import HttpJsonSource, JsonLinesSource

_MOST_ANSWER_BYTES = 256 << 20
_MOST_COLUMNS = 2000


def extract_json_lines(source: JsonLinesSource, target: Path) -> Extract:
    """Return the objects of the file as rows; a line that is no JSON object is rejected."""
    extract = Extract(target, "jsonl")
    columns: dict[str, None] = {}
    for line, found in _objects(source.path):
        if isinstance(found, Rejected):
            extract.rejects.append(found)
        else:
            columns |= dict.fromkeys(found)
        if len(columns) > _MOST_COLUMNS:
            raise _refuse(
                "too-many-columns",
                f"第 {line} 行起字段超过 {_MOST_COLUMNS} 个",
                f"more than {_MOST_COLUMNS} columns by line {line}",
            )
    good = (
        (line, [found.get(name) for name in columns])
        for line, found in _objects(source.path)
        if isinstance(found, dict)
    )
    return extract.write(list(columns), good)


def extract_http(source: HttpJsonSource, target: Path, since: str) -> Extract:
    """Return the objects of every page as rows, numbered from 1; an answer that fails is asked again, then refused."""
    staged = target.with_suffix(".jsonl")
    with staged.open("w", encoding="utf-8") as file:
        for page in _pages(source, since):
            for row in page:
                file.write(json.dumps(_raw(row), ensure_ascii=False) + "\n")
    extract = extract_json_lines(JsonLinesSource(staged), target)
    extract.kind = "http"
    staged.unlink()
    return extract


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any] | Rejected]]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"), parse_float=Number)
            except (ValueError, RecursionError):
                yield (
                    number,
                    Rejected(number, "row.not-json", "不是合法的 JSON", line[:2000].decode("utf-8", "replace").strip()),
                )
                continue
            if isinstance(found, dict):
                yield number, found
            else:
                yield (
                    number,
                    Rejected(
                        number, "row.not-object", "不是 JSON 对象", line[:2000].decode("utf-8", "replace").strip()
                    ),
                )


def _raw(row: Any) -> Any:
    """Floats were kept as the text the API wrote; give them back to JSON as numbers of the same digits."""
    if isinstance(row, Number):
        return float(row) if repr(float(row)) == row else str(row)
    if isinstance(row, dict):
        return {name: _raw(value) for name, value in row.items()}
    return [_raw(value) for value in row] if isinstance(row, list) else row


def _pages(source: HttpJsonSource, since: str) -> Iterator[list[Any]]:
    url = _with_parameter(source.url, source.since_parameter, since) if source.since_parameter and since else source.url
    seen = set()
    for _ in range(source.most_pages):
        seen.add(url)
        answer = _get(source, url)
        rows = _at(answer, source.rows_at)
        if not isinstance(rows, list):
            raise _refuse(
                "no-rows", f"接口应答中没有列表“{source.rows_at}”", f"the answer has no list at {source.rows_at!r}"
            )
        yield rows
        cursor = _at(answer, source.next_at) if source.next_at else None
        if cursor in (None, ""):
            return
        url = (
            _with_parameter(source.url, source.cursor_parameter, str(cursor))
            if source.cursor_parameter
            else urllib.parse.urljoin(url, str(cursor))
        )
        if url in seen:
            raise _refuse("loops", "接口的下一页又回到了已读过的页", "the API's next page is one already read")
    raise _refuse(
        "too-many-pages", f"接口超过 {source.most_pages} 页", f"the API has more than {source.most_pages} pages"
    )


def _get(source: HttpJsonSource, url: str) -> Any:
    if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
        raise _refuse("bad-address", "接口地址须以 http 或 https 开头", "the address must be http or https")
    request = urllib.request.Request(url, headers={"Accept": "application/json", **source.headers})  # noqa: S310
    for attempt in range(1, source.attempts + 1):
        try:
            with urllib.request.urlopen(request, timeout=source.timeout_seconds) as answer:  # noqa: S310 - scheme checked
                body = answer.read(_MOST_ANSWER_BYTES + 1)
            if len(body) > _MOST_ANSWER_BYTES:
                raise _refuse("too-large", "接口单页应答过大", "one answer of the API is too large")
            return json.loads(body, parse_float=Number)
        except (OSError, ValueError) as error:
            if isinstance(error, urllib.error.HTTPError):
                error.close()
            is_final = isinstance(error, urllib.error.HTTPError) and error.code < 500 and error.code != 429
            if is_final or attempt == source.attempts:
                what = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__
                raise _refuse(
                    "failed", f"接口调用失败（{what}，第 {attempt} 次）", f"the call failed ({what}, attempt {attempt})"
                ) from error
            time.sleep(0.5 * 2 ** (attempt - 1))
    raise AssertionError("unreachable")


def _at(answer: Any, path: str) -> Any:
    for step in path.split(".") if path else []:
        answer = answer.get(step) if isinstance(answer, dict) else None
    return answer


def _with_parameter(url: str, name: str, value: str) -> str:
    parts = urllib.parse.urlsplit(url)
    query = [(key, old) for key, old in urllib.parse.parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urllib.parse.urlunsplit(parts._replace(query=urllib.parse.urlencode([*query, (name, value)])))


def _refuse(reason: str, zh: str, en: str) -> Refused:
    return Refused(
        f"tables.load.json-{reason}",
        f"{zh}，未装载；请与数据提供方核对。",
        f"Nothing was loaded: {en}.",
        field="source",
    )

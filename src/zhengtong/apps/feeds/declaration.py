"""A feed's declaration（归集声明）, checked word by word and made into what the data plane reads.

source:    {kind: postgresql, dsn: "host=… dbname=… user=… password=…", query: "SELECT … WHERE changed_at > :since"}
increment: {mode: upsert, key: [record_no], watermark: changed_at}
schedule:  {daily_at: "02:30"}
allow_rejected: 0.01
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from zhengtong.apps.feeds.shapes import Schedule
from zhengtong.kit import Refused
from zhengtong.tables import (
    HttpJsonSource,
    Increment,
    MysqlSource,
    PostgresSource,
    Source,
    SqliteSource,
    source_from_path,
)

LONGEST_MINUTES = 31 * 24 * 60
#: of each kind: what must be said, what may be said, and what is secret
WORDS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "file": ({"file"}, set(), set()),
    "sqlite": ({"file", "query"}, set(), set()),
    "postgresql": ({"dsn", "query"}, {"timeout_seconds"}, {"dsn"}),
    "mysql": ({"host", "database", "user", "query"}, {"password", "port", "timeout_seconds"}, {"password"}),
    "http": (
        {"url"},
        {"rows_at", "next_at", "cursor_parameter", "since_parameter", "headers", "timeout_seconds"},
        {"headers"},
    ),
}
INCREMENT = {"mode", "key", "watermark", "operation"}
#: what is no text in a source
NUMBERS, MAPPINGS = {"port", "timeout_seconds"}, {"headers"}


def check_source(told: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the kind of a declared source and its words; refused when one is missing, unknown or unsafe."""
    kind = str(told.get("kind", ""))
    if kind not in WORDS:
        raise wrong("source.kind", f"来源类型应为：{'、'.join(WORDS)}", f"A source's kind is one of {', '.join(WORDS)}")
    must, may, _secret = WORDS[kind]
    words = {name: value for name, value in told.items() if name != "kind"}
    if odd := (must - set(words)) | (set(words) - must - may):
        listed = "、".join(sorted(odd))
        raise wrong(f"source.{min(odd)}", f"来源缺少或多出：{listed}", f"The source lacks or should not have: {listed}")
    for name, value in words.items():
        if not is_of_its_kind(name, value):
            raise wrong(f"source.{name}", f"{name} 的写法不对", f"{name} is not of the right kind")
    if "file" in words and (Path(words["file"]).name != words["file"] or words["file"].startswith(".")):
        raise wrong("source.file", "只写收件目录中的文件名，不带路径", "Name a file of the drop folder, without a path")
    if kind == "http":
        check_url(str(words["url"]))
    return kind, words


def is_of_its_kind(name: str, value: Any) -> bool:
    """Return whether a word of a source is the text, the number or the mapping of texts that it should be."""
    if name in NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if name in MAPPINGS:
        return isinstance(value, Mapping) and all(isinstance(one, str) for pair in value.items() for one in pair)
    return isinstance(value, str) and "\0" not in value


def check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise wrong(
            "source.url",
            "接口地址应为 https://主机/路径，不带用户名",
            "The address is https://host/path, without a user",
        )


def check_increment(told: Mapping[str, Any]) -> Increment:
    """Return how the source adds to what is there."""
    if not set(told) <= INCREMENT:
        listed = "、".join(sorted(INCREMENT))
        raise wrong("increment", f"增量方式只用：{listed}", f"An increment says only: {listed}")
    key = told.get("key", [])
    if not isinstance(key, list) or not all(isinstance(one, str) for one in key):
        raise wrong("increment.key", "主键写成列表，如 [record_no]", "The key is a list, as [record_no]")
    return Increment(
        mode=str(told.get("mode", "full")),
        key=tuple(key),
        watermark=str(told.get("watermark", "")),
        operation=str(told.get("operation", "")),
    )


def check_schedule(told: Mapping[str, Any]) -> Schedule:
    """Return the schedule: exactly one of `every_minutes` and `daily_at`."""
    if len(told) == 1:
        minutes = told.get("every_minutes")
        if type(minutes) is int and 1 <= minutes <= LONGEST_MINUTES:
            return Schedule(every_minutes=minutes)
        if isinstance(moment := told.get("daily_at"), str):
            try:
                return Schedule(daily_at=dt.time.fromisoformat(moment))
            except ValueError:
                pass
    raise wrong(
        "schedule",
        "周期写 every_minutes（1 至 44640 的整数）或 daily_at（如 02:30）之一",
        'A schedule is either every_minutes (1 to 44640) or daily_at ("02:30")',
    )


def to_source(kind: str, words: Mapping[str, Any], drop: Path) -> Source:
    """Return what the data plane reads; files lie in the drop folder and nowhere else."""
    given = {name: value for name, value in words.items() if name != "file"}
    makers: dict[str, Callable[[], Source]] = {
        "file": lambda: source_from_path(drop / words["file"]),
        "sqlite": lambda: SqliteSource(drop / words["file"], **given),
        "postgresql": lambda: PostgresSource(**given),
        "mysql": lambda: MysqlSource(**given),
        "http": lambda: HttpJsonSource(**given),
    }
    return makers[kind]()


def shown(kind: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source's words without what is secret."""
    return {name: "••••" if name in WORDS[kind][2] else value for name, value in words.items()}


def wrong(field: str, zh: str, en: str) -> Refused:
    return Refused("feeds.declare.malformed", f"{zh}。请改好声明再提交。", f"{en}: mend the declaration.", field=field)

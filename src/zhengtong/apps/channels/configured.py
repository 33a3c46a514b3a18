"""What the site has set up（渠道配置）: providers by channel from its own file, words and times from words.yaml."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings


@dataclass(frozen=True)
class Provider:
    """How a channel is reached: `url` and `secret` of an HTTP provider, `sender` of e-mail."""

    channel: str
    url: str = ""
    secret: str = ""
    sender: str = ""
    timeout_seconds: float = 10.0


@dataclass(frozen=True)
class Said:
    """What a message says, with places for the number of the case and the site."""

    sms: str
    subject: str
    body: str


@dataclass(frozen=True)
class Words:
    """What is said, how often it is tried, and when people are left in peace; `said` is by kind, "case" for the rest."""

    backoff: tuple[dt.timedelta, ...]
    lease: dt.timedelta
    quiet_from: dt.time
    quiet_to: dt.time
    said: dict[str, Said]

    def of(self, kind: str) -> Said:
        """Return what a message of a kind says."""
        return self.said.get(kind, self.said["case"])


def providers() -> dict[str, Provider]:
    """Return the providers by channel; none where the site has set up none."""
    return _read(str(settings.ZHENGTONG_CHANNELS or ""))


@cache
def _read(path: str) -> dict[str, Provider]:
    if not path:
        return {}
    source: dict[str, Any] = yaml.safe_load(Path(path).read_text("utf-8")) or {}
    return {channel: Provider(channel=channel, **given) for channel, given in source.items()}


@cache
def words() -> Words:
    """Return the words and times."""
    source = yaml.safe_load(files("zhengtong.apps.channels").joinpath("words.yaml").read_text("utf-8"))
    return Words(
        backoff=tuple(dt.timedelta(minutes=one) for one in source["backoff_minutes"]),
        lease=dt.timedelta(minutes=source["lease_minutes"]),
        quiet_from=dt.time.fromisoformat(source["quiet"]["from"]),
        quiet_to=dt.time.fromisoformat(source["quiet"]["to"]),
        said={kind: Said(**texts) for kind, texts in source["said"].items()},
    )

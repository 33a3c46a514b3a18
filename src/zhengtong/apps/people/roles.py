"""What roles and duties permit（角色与权限）, read once from roles.yaml."""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass

import yaml


@dataclass(frozen=True)
class Role:
    """A role or duty: its two titles and its permissions."""

    name: str
    title_zh: str
    title_en: str
    permits: frozenset[str]


@functools.cache
def list_roles(section: str = "roles") -> dict[str, Role]:
    """Return the roles by name; `section` is `roles` or `duties`."""
    text = importlib.resources.files("zhengtong.apps.people").joinpath("roles.yaml").read_text(encoding="utf-8")
    return {
        name: Role(name, entry["title"]["zh"], entry["title"]["en"], frozenset(entry["permits"]))
        for name, entry in yaml.safe_load(text)[section].items()
    }


@functools.lru_cache(maxsize=1024)
def permissions_of(roles: frozenset[str], duty: str | None) -> frozenset[str]:
    """Return everything these roles, or this duty, permit."""
    granted = [list_roles()[role].permits for role in roles if role in list_roles()]
    if duty:
        granted.append(list_roles("duties")[duty].permits)
    return frozenset().union(*granted)

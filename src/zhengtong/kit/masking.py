"""Masks（脱敏）: how a personal value is shown to one who need not see it whole, by the table in masking.yaml."""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from zhengtong.kit.refused import Refused

Mask = Callable[[str], str]
Policies = Mapping[str, Mapping[str, Mapping[str, Any]]]

_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})([\s-]?)(\d{7,8})")
# Down to the last province, city, or county; 小区 and 社区 are neighbourhoods, and 自治区 is a province.
_PROVINCE = r"(?:[^省市区县]{2,8}?(?:自治区|省))?"
_CITY = r"(?:[^省市区县]{1,8}?(?:自治州|地区|盟|市))?"
_COUNTY = r"(?:[^省市区县]{1,8}?(?:自治县|自治旗|(?<![小社])区|县|旗|市))?"
_ADDRESS = {"city": re.compile(_PROVINCE + _CITY), "county": re.compile(_PROVINCE + _CITY + _COUNTY)}


def mask(kind: str, value: str, *, profile: str = "default") -> str:
    """Return `value` as the profile's rule for `kind` shows it; a kind or profile without a rule is refused."""
    return masker(kind, profile=profile)(value)


def mask_resident_id(value: str, *, profile: str = "default") -> str:
    """Return the number with its middle starred: 460100********1234."""
    return mask("resident-id", value, profile=profile)


def masker(kind: str, *, profile: str = "default", policies: Policies | None = None) -> Mask:
    """Return the mask of `kind` as a function, for many values; `policies` replaces the platform's table."""
    table = builtin_policies() if policies is None else policies
    rule = table.get(kind, {}).get(profile)
    if rule is None:
        raise Refused(
            "masking.policy.unknown",
            f"没有名为“{kind}”（{profile}）的脱敏规则，请在脱敏策略表中添加或改用已有规则。",
            f"There is no mask named {kind} ({profile}); add it to the masking table or use one that is there.",
            facts={"kind": kind, "profile": profile, "known": sorted(table)},
        )
    settings = {name: setting for name, setting in rule.items() if name != "rule"}
    return _keeping(**settings) if rule["rule"] == "keep" else functools.partial(_RULES[rule["rule"]], **settings)


def list_mask_kinds() -> list[str]:
    return sorted(builtin_policies())


@functools.cache
def builtin_policies() -> Policies:
    """Return the platform's own table."""
    text = importlib.resources.files("zhengtong.kit").joinpath("masking.yaml").read_text(encoding="utf-8")
    policies: Policies = yaml.safe_load(text)["policies"]
    return policies


@functools.cache
def _keeping(*, head: int, tail: int) -> Mask:
    """Return the mask that keeps so many characters at either end; a page has hundreds of values for it."""

    def keep(value: str) -> str:
        length = len(value)
        if length <= head + tail:  # too short for the rule: better nothing than all of it
            return "*" * length
        return f"{value[:head]}{'*' * (length - head - tail)}{value[length - tail :]}"

    return keep


def _keep(value: str, *, head: int, tail: int) -> str:
    return _keeping(head=head, tail=tail)(value)


def _name(value: str, *, ends: int) -> str:
    if len(value) < 2:
        return "*" * len(value)
    tail = 1 if ends == 2 and len(value) > 2 else 0
    return _keep(value, head=1, tail=tail)


def _email(value: str, *, head: int) -> str:
    local, at, domain = value.rpartition("@")
    if not (local and at):
        return "***"
    return f"{local[: min(head, len(local) - 1)]}***@{domain}"


def _landline(value: str, *, tail: int) -> str:
    match = _LANDLINE.fullmatch(value.strip())
    if not match:
        return _keep(value, head=0, tail=tail)
    area, separator, number = match.groups()
    return area + separator + _keep(number, head=0, tail=tail)


def _address(value: str, *, down_to: str) -> str:
    match = _ADDRESS[down_to].match(value)
    return (match.group() if match else "") + "***"


def _open(value: str) -> str:
    return value


def _hide(value: str) -> str:
    return "***" if value else ""


_RULES: dict[str, Callable[..., str]] = {
    "keep": _keep,
    "name": _name,
    "email": _email,
    "landline": _landline,
    "address": _address,
    "open": _open,
    "hide": _hide,
}

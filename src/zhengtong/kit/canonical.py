"""Canonical bytes（规范化字节）of JSON-like values after RFC 8785, and their digests: one value, one byte string."""

from __future__ import annotations

import enum
import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import rfc8785

from zhengtong.kit.refused import Refused

# RFC 8785 writes floats below 10^21 without exponent; from 2^53 on such a text reads back as an unsafe integer.
_SAFE = 2**53
_FIRST_WITH_EXPONENT = 1e21
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False).encode


def to_canonical(value: Any) -> bytes:
    """Return the RFC 8785 bytes of `value`.

    Beyond JSON it takes, each by one fixed conversion: Decimal as its plain digits in a string (the scale counts: 1.0
    is not 1.00), date as ISO 8601, an instant in UTC with Z, UUID and Enum by their value, tuple as list. Any other
    type is a bug in the caller; integers beyond 2^53, NaN and half surrogate pairs are refused: readers disagree there.
    """
    odd: list[Any] = []
    plain = _to_plain(value, odd)
    if not odd:  # texts, whole numbers and ASCII keys: there RFC 8785 and json agree, and json is ten times as fast
        try:
            return _encode(plain).encode()
        except UnicodeEncodeError:
            pass  # half a surrogate pair: the library says which
    try:
        return rfc8785.dumps(plain)
    except rfc8785.CanonicalizationError as error:
        raise _not_representable(str(error)) from error


def digest(value: Any) -> str:
    """Return "sha256:" and the hex SHA-256 of the canonical bytes."""
    return digest_bytes(to_canonical(value))


def digest_bytes(content: bytes) -> str:
    """Return "sha256:" and the hex SHA-256 of `content` as it is."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def to_json_value(value: Any) -> Any:
    """Return `value` made of dict, list, str, int, float, bool and None only, by the conversions of `to_canonical`."""
    return _to_plain(value, [])


def _to_plain(value: Any, odd: list[Any]) -> Any:
    """Return the value in JSON's own types; what json might write otherwise than RFC 8785 is noted in `odd`."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is dict:
        plain = {}
        for key, inner in value.items():
            name = key if type(key) is str else _to_key(key)
            if not name.isascii():
                odd.append(name)
            plain[name] = _to_plain(inner, odd)
        return plain
    if kind is int:
        if not -_SAFE < value < _SAFE:
            odd.append(value)
        return value
    return _to_plain_slowly(value, odd)


def _to_plain_slowly(value: Any, odd: list[Any]) -> Any:
    if isinstance(value, list | tuple):
        return [_to_plain(inner, odd) for inner in value]
    if isinstance(value, enum.Enum):
        return _to_plain(value.value, odd)
    if isinstance(value, str | bool | int | float):
        if isinstance(value, float) and _SAFE <= abs(value) < _FIRST_WITH_EXPONENT:
            raise _not_representable("a float written as an integer beyond 2^53")
        odd.append(value)
        return value
    if isinstance(value, Mapping):
        return _to_plain(dict(value), odd)
    for kind, convert in _CONVERSIONS:
        if isinstance(value, kind):
            return convert(value)
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _to_key(key: Any) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if not isinstance(key, str):
        raise TypeError(f"a canonical object has string keys, not {type(key).__name__}")
    return key


def _from_decimal(value: Decimal) -> str:
    if not value.is_finite():
        raise _not_representable("a Decimal that is not finite")
    return format(value, "f")


def _from_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _not_representable(reason: str) -> Refused:
    return Refused(
        "canonical.value.not-representable",
        "数据中有无法唯一表示的值（超出 2^53 的整数、非数字或损坏的字符），请改用文本或小数。",
        "A value has no single form (an integer beyond 2^53, not-a-number, or broken text); use text or a Decimal.",
        facts={"reason": reason},
    )


# datetime before date: an instant is a date too
_CONVERSIONS: tuple[tuple[type, Any], ...] = (
    (Decimal, _from_decimal),
    (datetime, _from_instant),
    (date, date.isoformat),
    (uuid.UUID, str),
)

"""Linkage rules（比对规则）as data: fields, where records meet, how heavy each kind of agreement weighs."""

from __future__ import annotations

import functools
import importlib.resources
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from zhengtong.kit import Refused
from zhengtong.tables.linkage.levels import LEVELS
from zhengtong.tables.linkage.preparing import PREPARED

DECIDED = "decided"
KINDS = ("resident", "legal-entity")


@dataclass(frozen=True)
class Level:
    """One degree of agreement（等级）; `u` None: the value's own frequency, drawn towards `typical` in small data."""

    is_: str
    zh: str
    en: str
    m: float
    u: float | None = None
    typical: float = 0.0

    @property
    def bits(self) -> float:
        """The weight of evidence log2(m/u), Fellegi and Sunter 1969, where it does not depend on the value."""
        assert self.u is not None
        return math.log2(self.m / self.u)


@dataclass(frozen=True)
class Comparison:
    """One field compared（比对项）: its levels from the strongest down; an empty value on either side weighs nothing."""

    field: str
    prepare: str
    zh: str
    en: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Twins:
    """When another record of the same source is so alike that only these levels tell two people apart（多胞胎）."""

    same: tuple[str, ...]
    and_one_of: tuple[str, ...]
    unless: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class LinkRules:
    """How records of one kind are linked（比对规则）; `link` and `review` are posterior probabilities."""

    kind: str
    fields: Mapping[str, Mapping[str, str]]
    identifier: str
    identifier_needs: tuple[str, ...]
    vouched_by: Mapping[str, tuple[str, ...]]
    link: float
    review: float
    margin_bits: float
    largest_block: int
    blocks: tuple[tuple[str, ...], ...]
    comparisons: tuple[Comparison, ...]
    twins: Twins | None = field(default=None)

    def __post_init__(self) -> None:
        problems = [
            *(
                f"{name}: {said.get('prepare')}"
                for name, said in self.fields.items()
                if said.get("prepare") not in PREPARED
            ),
            *(
                f"{one.field}: {level.is_}"
                for one in self.comparisons
                for level in one.levels
                if level.is_ not in LEVELS.get(one.prepare, {})
            ),
            *(one.field for one in self.comparisons if one.levels[-1].is_ != "other"),
        ]
        if problems or not 0 < self.review <= self.link < 1:
            raise Refused(
                "tables.linkage.bad-rules",
                f"比对规则写法不对：{'、'.join(problems) or 'link、review'}。",
                f"The linkage rules are wrong at {', '.join(problems) or 'link, review'}.",
                facts={"problems": problems},
            )

    def comparison(self, name: str) -> Comparison:
        return next(one for one in self.comparisons if one.field == name)

    @property
    def link_bits(self) -> float:
        """The log odds from which a pair is linked."""
        return math.log2(self.link / (1 - self.link))

    @property
    def review_bits(self) -> float:
        return math.log2(self.review / (1 - self.review))


def to_rules(said: Mapping[str, Any]) -> LinkRules:
    """Return the rules a declaration says; one that is wrong is refused."""
    fields = said["fields"]
    comparisons = tuple(
        Comparison(
            name,
            fields[name]["prepare"],
            body["zh"],
            body["en"],
            tuple(
                Level(**{"is_": level["is"], **{k: v for k, v in level.items() if k != "is"}})
                for level in body["levels"]
            ),
        )
        for name, body in said["comparisons"].items()
    )
    twins = said.get("twins")
    return LinkRules(
        kind=said["kind"],
        fields=fields,
        identifier=said["identifier"],
        identifier_needs=tuple(said.get("identifier_needs", ())),
        vouched_by={name: tuple(levels) for name, levels in said.get("vouched_by", {}).items()},
        link=float(said["link"]),
        review=float(said["review"]),
        margin_bits=float(said["margin_bits"]),
        largest_block=int(said["largest_block"]),
        blocks=tuple(tuple(block) for block in said["blocks"]),
        comparisons=comparisons,
        twins=Twins(tuple(twins["same"]), tuple(twins["and_one_of"]), {k: tuple(v) for k, v in twins["unless"].items()})
        if twins
        else None,
    )


@functools.cache
def get_rules(kind: str) -> LinkRules:
    """Return the rules that come with the platform for `resident` or `legal-entity`."""
    if kind not in KINDS:
        raise Refused(
            "tables.linkage.unknown-kind",
            f"没有“{kind}”的比对规则；可用 {'、'.join(KINDS)}。",
            f"There are no linkage rules of {kind!r}; use one of {', '.join(KINDS)}.",
        )
    text = importlib.resources.files("zhengtong.tables.linkage").joinpath(f"{kind}.yaml").read_text("utf-8")
    return to_rules(yaml.safe_load(text))


def describe_reason(reason: str, rules: LinkRules) -> tuple[str, str]:
    """Return a link's reason（合并理由）in Chinese and English: `number=same name=near` → 公民身份号码一致，姓名差一字."""
    if reason == DECIDED:
        return "人工认定", "judged by a person"
    zh, en = [], []
    for part in reason.split():
        name, _, level = part.partition("=")
        one = rules.comparison(name)
        told = next(found for found in one.levels if found.is_ == level)
        zh.append(f"{one.zh}{told.zh}")
        en.append(f"{one.en} {told.en}")
    return "，".join(zh), ", ".join(en)

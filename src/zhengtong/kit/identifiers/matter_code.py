"""Codes of government matters（事项编码）: catalogue code of 12, task code of 31, handling item of 33."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhengtong.kit.identifiers.credit_code import CreditCode, parse_credit_code
from zhengtong.kit.identifiers.reading import Kind, is_accepted, to_plain

_CATALOG = Kind("catalog-code", "事项基本编码", "matter catalogue code")
_TASK = Kind("task-code", "事项实施编码", "matter task code")
_ITEM = Kind("handling-item-code", "业务办理项编码", "handling item code")


@dataclass(frozen=True, slots=True)
class CatalogCode:
    """What is done, anywhere（基本编码）: region 2, kind 2, guiding department 2, main item 3, sub-item 3."""

    canonical: str

    def __str__(self) -> str:
        return self.canonical

    @property
    def is_national(self) -> bool:
        """Whether the national catalogue lists it (region 00) rather than a province's."""
        return self.canonical[:2] == "00"

    @property
    def province(self) -> str:
        return self.canonical[:2]

    @property
    def kind(self) -> str:
        """The kind of matter by GB/T 39046 table A.1, such as 01 for a licence."""
        return self.canonical[2:4]

    @property
    def department(self) -> str:
        return self.canonical[4:6]

    @property
    def main_item(self) -> str:
        return self.canonical[6:9]

    @property
    def sub_item(self) -> str:
        """000 where the main item has no sub-items."""
        return self.canonical[9:12]


@dataclass(frozen=True, slots=True)
class TaskCode:
    """A catalogue matter as one organisation handles it（实施编码）: credit code 18, level 1, catalogue code 12."""

    organisation: CreditCode
    level: int
    catalog: CatalogCode

    @property
    def canonical(self) -> str:
        return f"{self.organisation}{self.level}{self.catalog}"

    def __str__(self) -> str:
        return self.canonical


@dataclass(frozen=True, slots=True)
class HandlingItemCode:
    """One situation of a task, such as new, change or renewal（业务办理项编码）: task code 31, sequence 2."""

    task: TaskCode
    sequence: int

    @property
    def canonical(self) -> str:
        return f"{self.task}{self.sequence:02d}"

    def __str__(self) -> str:
        return self.canonical


def parse_catalog_code(text: str) -> CatalogCode:
    plain = to_plain(text)
    if len(plain) != 12:
        raise _CATALOG.wrong_length(len(plain), "12")
    if not re.fullmatch(r"[0-9]{12}", plain):
        raise _CATALOG.wrong_characters("数字", "digits")
    return CatalogCode(plain)


def parse_task_code(text: str) -> TaskCode:
    """Return the parts; a wrong credit code inside is refused under that code's own name."""
    plain = to_plain(text)
    if len(plain) != 31:
        raise _TASK.wrong_length(len(plain), "31")
    if plain[18] not in "1234567":
        raise _TASK.refuse(
            "level",
            zh="第 19 位行使层级应为 1 至 7，请核对后重新填写。",
            en="must have a level from 1 to 7 in place 19; please check it and enter it again.",
        )
    return TaskCode(parse_credit_code(plain[:18]), int(plain[18]), parse_catalog_code(plain[19:]))


def parse_handling_item_code(text: str) -> HandlingItemCode:
    plain = to_plain(text)
    if len(plain) != 33:
        raise _ITEM.wrong_length(len(plain), "33")
    if not re.fullmatch(r"[0-9]{2}", plain[31:]):
        raise _ITEM.wrong_characters("数字作为末两位顺序号", "digits in the last two places")
    return HandlingItemCode(parse_task_code(plain[:31]), int(plain[31:]))


def is_catalog_code(text: str) -> bool:
    return is_accepted(parse_catalog_code, text)


def is_task_code(text: str) -> bool:
    return is_accepted(parse_task_code, text)


def is_handling_item_code(text: str) -> bool:
    return is_accepted(parse_handling_item_code, text)


def make_catalog_code(
    *, province: str, kind: str, department: str, main_item: str, sub_item: str = "000"
) -> CatalogCode:
    return parse_catalog_code(province + kind + department + main_item + sub_item)


def make_task_code(*, organisation_code: str, level: int, catalog_code: str) -> TaskCode:
    """Return the task code of an organisation given by its unified credit code."""
    return parse_task_code(f"{organisation_code}{level}{catalog_code}")


def make_handling_item_code(*, task_code: str, sequence: int) -> HandlingItemCode:
    return parse_handling_item_code(f"{task_code}{sequence:02d}")

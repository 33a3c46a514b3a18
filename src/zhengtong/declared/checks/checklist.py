"""The quality rules for matter lists（清单质检，standards §2.1.3）: what a published matter must and must not say."""

from __future__ import annotations

from collections.abc import Iterator

from zhengtong.declared.checks.ground import FUNCTIONS, Ground
from zhengtong.declared.shapes import Finding
from zhengtong.kit import Refused
from zhengtong.kit.identifiers import parse_catalog_code

CONCERN = "checklist"
KINDS = ("matter", "one-thing")
AUDIENCES = ("resident", "legal-entity", "both")
CERTIFICATE_ENDINGS = ("证", "卡", "证明", "凭证")


def check_checklist(ground: Ground) -> Iterator[Finding]:
    """Yield the rules of the list that the pack breaks."""
    pack = ground.pack
    yield from _heads(ground)
    if pack.kind == "matter" and pack.result.zh.endswith(CERTIFICATE_ENDINGS) and not pack.certificates:
        yield _broken(
            ground,
            "result",
            "结果是证照，却没有签发任何证照",
            "the result is a certificate but none is issued",
            "写 certificates.yaml，或改结果名称",
            "write certificates.yaml, or rename the result",
        )
    if pack.fee is None:
        yield _broken(
            ground,
            "fee",
            "没有写明收不收费",
            "it is not said whether there is a fee",
            "在 texts 写 fee，不收费就写“不收费”",
            "write fee in texts, even if it is none",
        )
    if not pack.conditions:
        yield _broken(
            ground,
            "conditions",
            "没有受理条件",
            "there are no conditions",
            "在 texts 写 conditions",
            "write conditions in texts",
        )
    if not pack.faq:
        yield _broken(
            ground,
            "faq",
            "一个常见问题也没有",
            "there is not one common question",
            "在 texts 写至少一条 faq",
            "write at least one faq in texts",
        )
    if pack.audience == "resident" and not pack.questions and pack.kind == "one-thing":
        yield _broken(
            ground,
            "questions",
            "一件事没有情形引导",
            "a one-thing asks no situation",
            "写两三个 questions",
            "write two or three questions",
        )
    if pack.until is not None and pack.until <= pack.since:
        yield _broken(ground, "until", "失效日不晚于施行日", "it ends before it begins", "改 until", "change until")


def _heads(ground: Ground) -> Iterator[Finding]:
    pack, task_types = ground.pack, ground.work.shared.codes.get("task-type")
    choices = (
        ("kind", pack.kind, KINDS),
        ("audience", pack.audience, AUDIENCES),
        ("owner", pack.owner, tuple(sorted(FUNCTIONS))),
        ("task_type", pack.task_type, task_types.codes if task_types else ()),
    )
    for member, value, allowed in choices:
        if value not in allowed:
            yield _broken(
                ground,
                member,
                f"{member} 不能是 {value}",
                f"{member} cannot be {value}",
                f"改成其中之一：{'、'.join(allowed)}",
                f"use one of {', '.join(allowed)}",
            )
    if pack.id != ground.work.folder.name:
        yield _broken(
            ground,
            "id",
            f"编号 {pack.id} 与文件夹名不同",
            f"the id {pack.id} is not the folder's name",
            "改成文件夹名",
            "use the folder's name",
        )
    try:
        parse_catalog_code(pack.catalog_code)
    except Refused as fault:
        yield _broken(
            ground,
            "catalog_code",
            f"基本编码不对：{fault.zh}",
            f"the catalogue code is wrong: {fault.en}",
            "写 12 位基本编码",
            "write the 12 digits",
        )


def _broken(ground: Ground, member: str, wrong_zh: str, wrong_en: str, instead_zh: str, instead_en: str) -> Finding:
    return ground.finding(
        CONCERN,
        (member,),
        (wrong_zh, wrong_en),
        ("清单质检不通过，事项不能发布", "the list's quality rules fail, so it cannot be published"),
        (instead_zh, instead_en),
    )

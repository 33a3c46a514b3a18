"""The elements of the implementation list agree with one another（实施清单要素质检，standards §2.1.3）: one row, one rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from zhengtong.declared.checks.ground import Ground, Words
from zhengtong.declared.shapes import Finding, Pack
from zhengtong.declared.yaml_source import Place

CONCERN = "checklist"
INSTANT, FULL_DEPTH, LICENCE, GOVERNMENT = "1", 4, "01", "20"
# how the name of a result tells its kind（结果名称与结果类型）; the kinds are codes of packs/_shared/codes/result-kind.yaml
ENDINGS = (("证", "certificate"), ("文", "document"), ("批复", "approval"))
# element → the code list its values must be in
CODES: tuple[tuple[Place, str, Callable[[Pack], tuple[str, ...]]], ...] = (
    (("service", "kind"), "case-kind", lambda pack: (pack.service.kind,)),
    (("service", "channels"), "channel", lambda pack: pack.service.channels),
    (("service", "depth"), "online-depth", lambda pack: (str(pack.service.depth),)),
    (("result_kind",), "result-kind", lambda pack: (pack.result_kind,)),
)


@dataclass(frozen=True)
class Rule:
    """A rule of the list（质检规则）: where it is broken, when, and what to write instead."""

    place: Place
    is_broken: Callable[[Pack], bool]
    wrong: Words
    instead: Words


RULES: tuple[Rule, ...] = (
    Rule(
        ("service", "kind"),
        lambda pack: (pack.service.kind == INSTANT) != (pack.terms.promised.n == 0),
        ("办件类型与承诺时限不一致：即办件的承诺时限是 0，承诺件不是", "the kind of case and the promise disagree: only instant ones promise 0"),
        ("改 service.kind，或改 terms.promised", "change service.kind or terms.promised"),
    ),
    Rule(
        ("result_kind",),
        lambda pack: _kind_by_name(pack) not in ("", pack.result_kind),
        ("结果名称与结果类型不一致：“证”出证、“文”出文、“批复”审批", "the result's name does not fit its kind"),
        ("改 result_kind，或改结果名称", "change result_kind, or the result's name"),
    ),
    Rule(
        ("visits",),
        lambda pack: pack.visits > 0 and pack.service.visit_reason is None,
        ("要到现场却没有写明原因", "a visit is needed and no reason given"),
        ("在 texts 写 visit_reason", "write visit_reason in texts"),
    ),
    Rule(
        ("service", "depth"),
        lambda pack: pack.service.depth == FULL_DEPTH and pack.visits > 0,
        ("全程网办（Ⅳ级）却要到现场", "wholly online (level IV), yet with visits"),
        ("改 depth，或把 visits 改为 0", "change depth, or set visits to 0"),
    ),
    Rule(
        ("service", "complain"),
        lambda pack: not pack.service.consult or not pack.service.complain,
        ("没有写咨询电话或监督投诉电话", "the number to ask or to complain is missing"),
        ("在 service 写 consult 和 complain", "write consult and complain in service"),
    ),
    Rule(
        ("service", "complain"),
        lambda pack: bool(pack.service.consult) and pack.service.consult == pack.service.complain,
        ("咨询电话与监督投诉电话相同", "the numbers to ask and to complain are the same"),
        ("写不同的号码：不能向被投诉的人投诉", "give two numbers: nobody complains to those complained of"),
    ),
    Rule(
        ("result",),
        lambda pack: pack.kind == "matter" and not pack.certificates and pack.sample is None,
        ("有结果却没有样本", "there is a result but no sample"),
        ("写 certificates.yaml（照面就是样本），或在 texts 写 sample", "write certificates.yaml, or sample in texts"),
    ),
    Rule(
        ("faq",),
        lambda pack: pack.task_type == LICENCE and not pack.faq,
        ("许可事项没有常见问题", "a licence has no common question"),
        ("在 texts 写至少一条 faq", "write at least one faq in texts"),
    ),
)  # fmt: skip


def check_elements(ground: Ground) -> Iterator[Finding]:
    """Yield the rules that the elements break, and codes that no code list has."""
    for rule in RULES:
        if rule.is_broken(ground.pack):
            yield _broken(ground, rule.place, rule.wrong, rule.instead)
    lists = ground.work.shared.codes
    for place, name, values in CODES:
        known = lists[name].codes if name in lists else ()
        for value in values(ground.pack):
            if value not in known:
                member = ".".join(str(step) for step in place)
                yield _broken(
                    ground,
                    place,
                    (f"{member} 没有“{value}”这个代码", f"{member} has no code {value!r}"),
                    (f"改成代码表 {name} 里的：{'、'.join(known)}", f"use one of {name}: {', '.join(known)}"),
                )
    yield from _theme(ground)
    yield from _sources(ground)


def _theme(ground: Ground) -> Iterator[Finding]:
    """服务对象与主题分类一致: a theme of people for people, one of legal entities for those."""
    pack, lists = ground.pack, ground.work.shared.codes
    wanted = {"resident": ("theme-resident",), "legal-entity": ("theme-legal-entity",)}.get(
        pack.audience, ("theme-resident", "theme-legal-entity")
    )
    known = [code for name in wanted if name in lists for code in lists[name].codes]
    if pack.theme not in known:
        yield _broken(
            ground,
            ("theme",),
            (f"主题“{pack.theme}”与服务对象不一致", f"the theme {pack.theme!r} does not fit those it serves"),
            (f"改成：{'、'.join(known)}", f"use one of {', '.join(known)}"),
        )


def _sources(ground: Ground) -> Iterator[Finding]:
    """来源渠道: every material says where it comes from; what the government issued says what could replace it or why not."""
    lists = ground.work.shared.codes
    known = lists["material-source"].codes if "material-source" in lists else ()
    for at, need in enumerate(ground.pack.materials):
        if need.source not in known:
            yield _broken(
                ground,
                ("materials", at),
                (f"{need.id} 没有写明来源渠道", f"{need.id} does not say where it comes from"),
                (f"写 source: {'、'.join(known)}", f"write source: {', '.join(known)}"),
            )
        elif need.source == GOVERNMENT and not need.replaced_by and need.help is None:
            yield _broken(
                ground,
                ("materials", at),
                (f"{need.id} 由政府部门核发，却没有代替来源，也没有说明为什么还要交", f"{need.id} is issued by government, yet nothing replaces it and no reason is given"),
                ("写 replaced_by，或在 texts 的 help 说明为什么", "write replaced_by, or say why in its help"),
            )  # fmt: skip


def _kind_by_name(pack: Pack) -> str:
    """Return the kind that the ending of the result's name means, or ""; 凭证、证明 are certificates as 证 is."""
    return next((kind for ending, kind in ENDINGS if pack.result.zh.endswith(ending)), "")


def _broken(ground: Ground, place: Place, wrong: Words, instead: Words) -> Finding:
    why = ("清单质检不通过，事项不能发布", "the list's quality rules fail, so it cannot be published")
    return ground.finding(CONCERN, place, wrong, why, instead)

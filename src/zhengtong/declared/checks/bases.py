"""Every value that binds people says which law it comes from（依据检查）."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zhengtong.declared.checks.ground import Ground
from zhengtong.declared.handling import Handling
from zhengtong.declared.shapes import Finding
from zhengtong.declared.yaml_source import Place
from zhengtong.kit import Basis
from zhengtong.kit.calendar import Term

CONCERN = "bases"


def check_bases(ground: Ground) -> Iterator[Finding]:
    """Yield every term, data use, material and parameter without law, article and date."""
    if not ground.pack.bases:
        yield ground.finding(
            CONCERN,
            ("bases",),
            ("没有设定依据", "no legal basis is given"),
            ("没有依据的事项不能设立（法定职责必须有法可依）", "a matter without a basis must not exist"),
            (
                "在 pack.yaml 写 bases，引用 _shared/laws.yaml 的编号",
                "write bases in pack.yaml with ids of _shared/laws.yaml",
            ),
        )
    for place, what, basis in _all(ground):
        if basis is None or not (basis.law and basis.article) or not _is_date(basis.since):
            yield ground.finding(
                CONCERN,
                place,
                (f"{what} 没有写全依据（法规、条款、施行日）", f"{what} lacks a law, an article or its date"),
                (
                    "办事人有权知道为什么要收、要多久",
                    "people have a right to know why it is asked and how long it takes",
                ),
                ("写 basis: 加 _shared/laws.yaml 里的编号", "write basis: with an id of _shared/laws.yaml"),
            )


def _all(ground: Ground) -> Iterator[tuple[Place, str, Basis | None]]:
    pack = ground.pack
    for at, basis in enumerate(pack.bases):
        yield ("bases", at), f"bases[{at}]", basis
    for kind in ("promised", "supplement", "statutory", "acceptance"):
        term = getattr(pack.terms, kind)
        if term is not None:
            yield ("terms", kind), f"terms.{kind}", term.basis
    for at, one in enumerate(pack.terms.by_situation):
        for kind in ("promised", "statutory"):
            if (term := getattr(one, kind)) is not None:
                yield ("terms", "by_situation", at, kind), f"terms.by_situation[{at}].{kind}", term.basis
    yield from _of_handling(pack.handling)
    for at, fee in enumerate(pack.fees):
        yield ("fees", at), f"fees.{fee.id}", fee.basis
    for at, use in enumerate(pack.data_uses):
        yield ("data_uses", at), f"data.{use.id}", use.basis
    for at, need in enumerate(pack.materials):
        yield ("materials", at), f"materials.{need.id}", need.basis
    for at, parameter in enumerate(pack.parameters):
        for n, value in enumerate(parameter.values):
            yield ("parameters", at, "values", n), f"parameters.{parameter.id}", value.basis


def _of_handling(handling: Handling) -> Iterator[tuple[Place, str, Basis | None]]:
    timed: dict[Place, Term | None] = {("steps", step): term for step, term in handling.steps.items()}
    timed |= {("procedures", at): one.most for at, one in enumerate(handling.procedures)}
    timed |= {("consultations", at): one.term for at, one in enumerate(handling.consultations)}
    if handling.extension:
        timed[("extension",)] = handling.extension.most
    if handling.tolerance:
        timed[("tolerance",)] = handling.tolerance.term
    if handling.commitment:
        timed |= {
            ("commitment", "verify"): handling.commitment.verify,
            ("commitment", "rectify"): handling.commitment.rectify,
        }
    based = {
        ("commitment",): handling.commitment.basis if handling.commitment else None,
        ("cosign",): handling.cosign.basis if handling.cosign else None,
        ("payment",): handling.payment.basis if handling.payment else None,
    }
    for place, term in timed.items():
        if term is not None:
            yield ("handling", *place), f"handling.{'.'.join(map(str, place))}", term.basis
    for place, basis in based.items():
        if basis is not None:
            yield ("handling", *place), f"handling.{place[0]}", basis


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

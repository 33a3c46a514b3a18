"""The files of a pack folder joined into the plain form of a Pack（装配）, remembering where every member stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhengtong.declared.assembled import Assembled
from zhengtong.declared.form_schema import SchemaResolver
from zhengtong.declared.handling_source import assemble_handling
from zhengtong.declared.shapes import Text
from zhengtong.declared.shared import Shared
from zhengtong.declared.texts import LANGUAGES, Texts
from zhengtong.declared.yaml_source import Place, Source, read_source

EMPTY: dict[str, Any] = {}
FILES = {
    "pack": "pack.yaml",
    "schema": "form/schema.json",
    "pages": "form/pages.yaml",
    "data": "data.yaml",
    "materials": "materials.yaml",
    "certificates": "certificates.yaml",
    "parameters": "parameters.yaml",
    "zh": "texts/zh.yaml",
    "en": "texts/en.yaml",
}
# members of pack.yaml that go to the pack as they stand
PLAIN = (
    "id",
    "kind",
    "owner",
    "since",
    "until",
    "regions",
    "audience",
    "task_type",
    "catalog_code",
    "theme",
    "visits",
    "result_kind",
)


def assemble(folder: Path, shared: Shared) -> Assembled:
    """Read and join the files of a folder; a file that is not there is an empty one, except pack.yaml."""
    sources = {name: _read(folder, relative) for name, relative in FILES.items()}
    for path in sorted((folder / "cases").glob("*.yaml")):
        sources[f"cases/{path.name}"] = _read(folder, f"cases/{path.name}")
    texts = Texts({lang: sources[lang] for lang in LANGUAGES})
    work = Assembled({}, sources, texts, shared, folder)
    for build in (
        _head,
        _terms,
        _questions,
        _form,
        _data,
        _materials,
        _certificates,
        _flow,
        _handling,
        _proactive,
        _parts,
        _parameters,
        _golden,
    ):
        build(work)
    work.findings.extend(texts.missing)
    return work


def _read(folder: Path, relative: str) -> Source:
    path, shown = folder / relative, f"{folder.parent.name}/{folder.name}/{relative}"
    if not path.exists():
        return Source(shown, {}, {})
    source = read_source(path, shown)
    return source if source.value is not None else Source(shown, {}, {})


def _head(work: Assembled) -> None:
    pack, texts = work.sources["pack"].value, work.texts
    work.plain.update({name: pack[name] for name in PLAIN if name in pack})
    work.plain.update(
        title=texts.pair("title"),
        summary=texts.pair("summary"),
        result=texts.pair("result"),
        fee=texts.maybe("fee"),
        fees=[_fee(work, given, ("fees", at)) for at, given in enumerate(pack.get("fees", []))],
        sample=texts.maybe("sample"),
        service={**pack.get("service", EMPTY), "visit_reason": texts.maybe("visit_reason")},
        conditions=texts.every("conditions"),
        phrases=texts.every("phrases"),
        faq=[[texts.pair("faq", at, "q"), texts.pair("faq", at, "a")] for at in range(texts.count("faq"))],
        keywords=pack.get("keywords", []),
        bases=[_basis(work, id, ("bases", at)) for at, id in enumerate(pack.get("bases", []))],
    )


def _terms(work: Assembled) -> None:
    given = work.sources["pack"].value.get("terms", EMPTY)
    terms: dict[str, Any] = {
        kind: _term(work, value, ("terms", kind)) for kind, value in given.items() if kind != "by_situation"
    }
    terms["by_situation"] = [
        {
            kind: value if kind == "when" else _term(work, value, ("terms", "by_situation", at, kind))
            for kind, value in one.items()
        }
        for at, one in enumerate(given.get("by_situation", []))
    ]
    work.plain["terms"] = terms


def _fee(work: Assembled, given: dict[str, Any], place: Place) -> dict[str, Any]:
    words = {name: work.texts.pair("fees", given["id"], name) for name in ("title", "standard")}
    return {**given, **words, "basis": _basis(work, given.get("basis"), (*place, "basis"))}


def _term(work: Assembled, given: dict[str, Any], place: Place) -> dict[str, Any] | None:
    """A term is written out with its basis, or names a rule of _shared/terms.yaml."""
    if "rule" not in given:
        return {**given, "basis": _basis(work, given.get("basis"), (*place, "basis"))}
    rule = work.shared.terms.get(given["rule"])
    if rule is None:
        _unknown(work, (*place, "rule"), "期限规则", "term rule", given["rule"], "_shared/terms.yaml")
        return None
    return rule.to_json()


def _basis(work: Assembled, id: Any, place: Place) -> dict[str, str]:
    """A basis is the id of an article in _shared/laws.yaml; an absent one is left blank for the checker of bases."""
    law = work.shared.laws.get(id) if isinstance(id, str) else None
    if law is None:
        if id is not None:
            _unknown(work, place, "法条", "article", str(id), "_shared/laws.yaml")
        return {"law": "", "article": "", "since": ""}
    return {"law": law.law, "article": law.article, "since": law.since}


def _unknown(work: Assembled, place: Place, what_zh: str, what_en: str, name: str, where: str) -> None:
    work.note(
        "bases",
        place,
        Text(f"{what_zh} {name} 没有登记", f"the {what_en} {name} is not registered"),
        Text("没有依据的值不能对群众使用", "a value without a basis cannot be used on people"),
        Text(f"改成 {where} 里已有的编号，或先在那里登记", f"use an id of {where}, or enter it there first"),
    )


def _questions(work: Assembled) -> None:
    built = []
    for at, given in enumerate(work.sources["pack"].value.get("questions", [])):
        id = given.get("id", "")
        work.came_from(("questions", at), "pack", ("questions", at))
        built.append(
            {
                "id": id,
                **_titled(work, "questions", id),
                "options": [[value, work.texts.pair("questions", id, "options", value)] for value in given["options"]],
                "when": given.get("when", ""),
            }
        )
    work.plain["questions"] = built


def _form(work: Assembled) -> None:
    resolver = SchemaResolver(work.shared.codes, lambda place, name: _unknown_codes(work, place, name))
    work.came_from(("form", "schema"), "schema", ())
    schema = resolver.resolve(work.sources["schema"].value, work.folder / "form")
    pages = []
    for at, given in enumerate(work.sources["pages"].value or []):
        work.came_from(("form", "pages", at), "pages", (at,))
        words = {
            "title": work.texts.pair("pages", given["id"], "title"),
            "help": work.texts.maybe("pages", given["id"], "help"),
        }
        pages.append({**given, **words})
    work.plain["form"] = {"schema": schema, "pages": pages}


def _titled(work: Assembled, section: str, id: str) -> dict[str, dict[str, str] | None]:
    return {"title": work.texts.pair(section, id, "title"), "help": work.texts.maybe(section, id, "help")}


def _unknown_codes(work: Assembled, place: Place, name: str) -> None:
    work.note(
        "schema",
        ("form", "schema", *place),
        Text(f"代码表 {name} 不存在", f"there is no code list {name}"),
        Text("这个字段会没有选项", "the field would have no choices"),
        Text("改成 _shared/codes/ 里已有的代码表", "use a list that _shared/codes/ has"),
    )


def _data(work: Assembled) -> None:
    uses, checks = [], []
    for at, given in enumerate(work.sources["data"].value.get("uses", [])):
        place: Place = ("data_uses", at)
        work.came_from(place, "data", ("uses", at))
        basis = _basis(work, given.get("basis"), (*place, "basis"))
        uses.append({**given, "basis": basis, "purpose": work.texts.pair("data", given["id"])})
    for at, given in enumerate(work.sources["data"].value.get("checks", [])):
        work.came_from(("checks", at), "data", ("checks", at))
        checks.append({**given, "title": work.texts.pair("checks", given["id"])})
    work.plain.update(data_uses=uses, checks=checks)


def _materials(work: Assembled) -> None:
    built = []
    for at, given in enumerate(work.sources["materials"].value or []):
        place: Place = ("materials", at)
        work.came_from(place, "materials", (at,))
        basis = _basis(work, given.get("basis"), (*place, "basis"))
        title, help = (
            work.texts.pair("materials", given["id"], "title"),
            work.texts.maybe("materials", given["id"], "help"),
        )
        built.append({**given, "basis": basis, "title": title, "help": help})
    work.plain["materials"] = built


def _certificates(work: Assembled) -> None:
    built = []
    for at, given in enumerate(work.sources["certificates"].value or []):
        work.came_from(("certificates", at), "certificates", (at,))
        slug = given.get("type", "")
        if slug not in work.shared.certificate_types:
            _unknown(work, ("certificates", at, "type"), "证照类型", "certificate type", slug, "_shared/certificates/")
        face = [
            {"key": key, "label": work.texts.pair("certificates", slug, "face", key), "value": value}
            for key, value in given.get("face", EMPTY).items()
        ]
        title = work.texts.pair("certificates", slug, "title")
        built.append({**given, "title": title, "face": face})
    work.plain["certificates"] = built


def _flow(work: Assembled) -> None:
    pack = work.sources["pack"].value
    outcome = []
    for at, given in enumerate(pack.get("outcome", [])):
        work.came_from(("outcome", at), "pack", ("outcome", at))
        outcome.append(
            {
                **{name: value for name, value in given.items() if name != "code_list"},
                "label": work.texts.pair("outcome", given["id"]),
                "options": _options(work, given.get("code_list", ""), ("outcome", at, "code_list")),
            }
        )
    drawn = work.folder / "flow.bpmn"
    flow = drawn.read_text(encoding="utf-8") if drawn.exists() else pack.get("flow", "standard")
    work.plain.update(outcome=outcome, flow=flow)


def _options(work: Assembled, name: str, place: Place) -> list[list[Any]]:
    """Return the values and words of a code list; none when no list is named."""
    codes = work.shared.codes.get(name)
    if name and codes is None:
        _unknown(work, place, "代码表", "code list", name, "_shared/codes/")
    return [[code, {"zh": words.zh, "en": words.en}] for code, words in codes.items] if codes else []


def _handling(work: Assembled) -> None:
    assemble_handling(work, _term, _basis)


def _proactive(work: Assembled) -> None:
    given = work.sources["pack"].value.get("proactive")
    if given:
        work.plain["proactive"] = {**given, "basis": _basis(work, given.get("basis"), ("proactive", "basis"))}


def _parts(work: Assembled) -> None:
    work.plain["parts"] = [dict(given) for given in work.sources["pack"].value.get("parts", [])]


def _parameters(work: Assembled) -> None:
    built = []
    for at, given in enumerate(work.sources["parameters"].value or []):
        place: Place = ("parameters", at)
        work.came_from(place, "parameters", (at,))
        values = [
            {**value, "basis": _basis(work, value.get("basis"), (*place, "values", n, "basis"))}
            for n, value in enumerate(given.get("values", []))
        ]
        built.append({**given, "title": work.texts.pair("parameters", given["id"]), "values": values})
    work.plain["parameters"] = built


def _golden(work: Assembled) -> None:
    built: list[dict[str, Any]] = []
    for name, source in work.sources.items():
        if name.startswith("cases/"):
            work.came_from(("golden", len(built)), name, ())
            built.append({"id": Path(name).stem, **source.value})
    work.plain["golden"] = built

"""What all packs share（公共声明）, in packs/_shared: laws, legal terms, code lists, resources, certificate types."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhengtong.declared.shapes import Text
from zhengtong.declared.yaml_source import Source, read_source
from zhengtong.kit import Basis, Refused
from zhengtong.kit.calendar import Term, Unit

FOLDER = "_shared"


@dataclass(frozen=True)
class CodeList:
    """A list of codes with their words（代码表）, in the order they are offered."""

    id: str
    title: Text
    items: tuple[tuple[str, Text], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes alone."""
        return tuple(code for code, _ in self.items)

    def label(self, code: str) -> Text | None:
        """Return the words of a code, or None if the list does not have it."""
        return dict(self.items).get(code)


@dataclass(frozen=True)
class Shared:
    """Everything under packs/_shared, read once; `rules` are the terms as written, with extension, pause and miss."""

    root: Path
    laws: dict[str, Basis] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, CodeList] = field(default_factory=dict)
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    certificate_types: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def load_shared(root: Path) -> Shared:
    """Read packs/_shared; refused when a file cannot be parsed. An absent folder is an empty one."""
    folder = root / FOLDER
    sources = {
        str(path.relative_to(root)): read_source(path, f"{root.name}/{path.relative_to(root)}")
        for path in sorted(folder.rglob("*.yaml"))
    }
    laws = {id: Basis(**given) for id, given in _value(sources, "laws.yaml").items()}
    rules = _value(sources, "terms.yaml")
    terms = {code: _term(code, given, laws) for code, given in rules.items()}
    codes = {Path(name).stem: _code_list(Path(name).stem, found.value) for name, found in _under(sources, "codes")}
    resources = {found.value["code"]: found.value for _, found in _under(sources, "resources")}
    types = {Path(name).stem: found.value for name, found in _under(sources, "certificates")}
    return Shared(root, laws, terms, rules, codes, resources, types, sources)


def list_resource_declarations(root: Path) -> list[dict[str, Any]]:
    """Return the declared resources（数据资源）of a packs folder, as catalog.actions.register_resource takes them."""
    shared = load_shared(root)
    return [_with_codes(given, shared.codes) for given in shared.resources.values()]


def list_certificate_types(root: Path) -> list[dict[str, Any]]:
    """Return the declared certificate types（证照类型）, as certificates.actions.define_type takes them."""
    return list(load_shared(root).certificate_types.values())


def _with_codes(resource: dict[str, Any], codes: dict[str, CodeList]) -> dict[str, Any]:
    """Return the declaration with the name of each code list replaced by its codes and Chinese words."""
    fields = [
        {**item, "code_list": {code: words.zh for code, words in codes[item["code_list"]].items}}
        if item.get("code_list")
        else item
        for item in resource["fields"]
    ]
    return {**resource, "fields": fields}


def _value(sources: dict[str, Source], name: str) -> dict[str, Any]:
    found = sources.get(f"{FOLDER}/{name}")
    return found.value or {} if found else {}


def _under(sources: dict[str, Source], folder: str) -> list[tuple[str, Source]]:
    return [(name, found) for name, found in sources.items() if name.startswith(f"{FOLDER}/{folder}/")]


def _code_list(id: str, given: dict[str, Any]) -> CodeList:
    items = tuple((str(code), Text(words["zh"], words["en"])) for code, words in given["items"].items())
    return CodeList(id, Text(given["title"]["zh"], given["title"]["en"]), items)


def _term(code: str, given: dict[str, Any], laws: dict[str, Basis]) -> Term:
    if given["basis"] not in laws:
        raise Refused(
            code="declared.term.unknown-law",
            zh=f"期限规则 {code} 引用的依据 {given['basis']} 不在 laws.yaml 中，请先登记该法条",
            en=f"Term rule {code} cites {given['basis']}, which laws.yaml does not have; enter the article there first",
        )
    return Term(
        n=given["n"],
        unit=Unit(given["unit"]),
        roll_if_holiday=given.get("roll_if_holiday", False),
        basis=laws[given["basis"]],
    )

"""What may not lie in the tree: hosts, machines' own paths, others' minified files; law's numbers in code; loose keys."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, python_files, shown, tracked_files, tree_of

#: hosts that are names of standards' name spaces or reserved for examples, none of which is ever called
NAMES_OF_STANDARDS = {
    "www.w3.org", "www.omg.org", "json-schema.org", "schemas.openxmlformats.org", "camunda.org", "semver.org",
    "bpmn.io", "www.apache.org", "choosealicense.com",
    # public platforms to which a page sends the reader, from data; the software itself calls neither
    "xzfy.moj.gov.cn", "zxfw.court.gov.cn",
}  # fmt: skip
RESERVED = re.compile(r"(^|\.)(example(\.(com|org|net|cn|gov))?|invalid|test|localhost)$|^(\d+\.){3}\d+$|^example\.")
HOST = re.compile(r"https?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
MACHINE_PATH = re.compile(r"(?<![\w.\\/-])/(?:work|home/\w+|root|Users/\w+|tmp)/\w")
TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".json",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".cfg",
    ".ini",
    ".sh",
    ".bpmn",
    "",
}


def texts() -> list[tuple[Path, str]]:
    """Return every text file of the tree but the lock files' hashes and the licence."""
    files = [
        path for path in tracked_files() if path.suffix in TEXT and path.name not in ("LICENSE", "package-lock.json")
    ]
    return [(path, path.read_text("utf-8", errors="replace")) for path in files]


def strange_hosts(text: str) -> set[str]:
    return {host for host in HOST.findall(text) if host not in NAMES_OF_STANDARDS and not RESERVED.search(host)}


def test_no_host_is_named():
    found = [f"{shown(path)}: {hosts}" for path, text in texts() if (hosts := strange_hosts(text))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("host", ["packages.somewhere.io", "files.a-registry.org"])
def test_a_host_is_seen(host):
    assert strange_hosts(f"see https://{host}/simple") == {host}
    assert not strange_hosts("see https://example.org/simple")


def test_the_lock_of_the_pages_names_no_registry():
    locks = [path for path in tracked_files() if path.name in ("package-lock.json", "requirements.lock", ".npmrc")]
    assert locks
    assert not [shown(path) for path in locks if strange_hosts(path.read_text("utf-8"))]


def test_no_machine_path_is_written_down():
    here = Path(__file__)
    found = [
        f"{shown(path)}: {match[0]}"
        for path, text in texts()
        if path != here
        for match in MACHINE_PATH.finditer(text)
        if not (
            "tests" in path.parts and match[0].startswith("/tmp")
        )  # hostile file names, and places that are not there
    ]
    assert not found, "\n".join(found)


def test_nothing_of_third_parties_is_committed():
    generated = {"node_modules", "built", "fonts", "vendor", "third_party"}
    found = [
        shown(path)
        for path in tracked_files()
        if path.name.endswith((".min.js", ".min.css", ".map", ".woff", ".woff2", ".ttf", ".otf"))
        or (generated & set(path.parts) and "web" in path.parts)
    ]
    dense = [
        shown(path)
        for path in tracked_files()
        if path.suffix in (".js", ".css", ".mjs")
        and max(map(len, path.read_text("utf-8").splitlines()), default=0) > 1000
    ]
    assert not found + dense


LAW_NUMBERS = [
    (re.compile(r"\bTerm\(\s*\d"), "a term with its number"),
    (re.compile(r"add_workdays\([^)]*,\s*[2-9]\d*\)"), "a number of working days"),
    (re.compile(r"\d\s*个工作日|\b\d+ working days"), "a number of working days in a sentence"),
    (re.compile(r"timedelta\(days=(5|10|15|20|30|45|60|90)\)"), "a period that laws use"),
    (
        re.compile(r"^[A-Z_]*(LEGAL|STATUTORY|DUE|ANSWER|DELIVER|REPLY)[A-Z_]*(DAYS|HOURS)\s*=\s*\d", re.MULTILINE),
        "a term",
    ),
]


def law_numbers(text: str) -> list[str]:
    """Return what looks like a number of law in Python code; docstrings and comments may tell."""
    if not any(pattern.search(text) for pattern, _ in LAW_NUMBERS):
        return []
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = ""
    code = ast.unparse(tree)
    return [f"{why}: {match[0]}" for pattern, why in LAW_NUMBERS for match in pattern.finditer(code)]


def test_numbers_of_law_stand_in_data_not_in_code():
    seed = PACKAGE / "cli/seed"
    found = [
        f"{shown(path)}: {number}"
        for path in python_files("src")
        if seed not in path.parents
        for number in law_numbers(path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "term = Term(20, Unit.WORKDAY)",
        "due = calendar.add_workdays(day, 5)",
        'x = "应当在 20 个工作日内答复"',
        "ANSWER_DAYS = 10",
    ],
)
def test_a_number_of_law_in_code_is_seen(line):
    assert law_numbers(line)
    assert not law_numbers(f'"""{line.replace(chr(34), "")}"""')


def test_a_basis_written_in_code_has_law_article_and_date():
    found = []
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "Basis"
                and all(isinstance(argument, ast.Constant) for argument in node.args)
                and node.args
                and (len(node.args) < 3 or not re.fullmatch(r"\d{4}-\d\d-\d\d", str(node.args[2].value)))
            ):
                found.append(f"{shown(path, node.lineno)} {ast.unparse(node)}")
    assert not found, "\n".join(found)


def rooms_of(library: str) -> dict[str, set[str]]:
    """Return, for each room, the modules that import a library."""
    rooms: dict[str, set[str]] = {}
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            if any(name.split(".")[0] == library for name in names):
                parts = path.relative_to(PACKAGE).parts
                rooms.setdefault("/".join(parts[: 2 if parts[0] in ("apps", "portals") else 1]), set()).add(shown(path))
    return rooms


@pytest.mark.parametrize("library", ["cryptography", "pyhanko", "typst", "segno"])
def test_a_cryptographic_library_has_one_module_per_room(library):
    found = rooms_of(library)
    assert found, f"nobody uses {library}: is the test looking in the right place?"
    assert not {room: modules for room, modules in found.items() if len(modules) > 1}

"""The floors hold, and each kind of violation, planted in a copy of the house, is refused by the contract meant for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT

BROKEN = re.compile(r"^(?P<contract>.+) BROKEN", re.MULTILINE)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "static", "built", "fonts", "templates", "locale")


def broken_contracts(folder: Path) -> tuple[set[str], str]:
    """Lint a copy of the house; return the names of the contracts it breaks, and all that was said."""
    command = [Path(sys.executable).parent / "lint-imports", "--config", str(ROOT / ".importlinter"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    broken = {found["contract"].strip() for found in BROKEN.finditer(done.stdout)}
    assert "Contracts:" in done.stdout, f"the linter itself failed: {done.stdout}{done.stderr}"
    assert bool(broken) == (done.returncode != 0), done.stdout
    return broken, done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """A copy of the package alone, without what no import needs."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=LEFT_OUT)
    return folder


@pytest.fixture(scope="module")
def standing(house) -> set[str]:
    """The contracts that the house breaks before anything is planted: none, or the first test says which."""
    return broken_contracts(house)[0]


def test_the_house_as_it_stands_keeps_every_contract(house):
    broken, said = broken_contracts(house)
    assert not broken, said[-3000:]


FLOORS = "A floor sees only the floors below it"
LINE = "A capability calls only those below it"
INSIDE = "Inside a capability: tasks | admin > actions > queries > models > shapes"

#: what somebody might write · into which files, with which line · the contract that says no
PLANTS = [
    ("a lower floor sees a higher one", {"kit/planted.py": "import zhengtong.declared"}, FLOORS),
    ("a sibling of floor 1 sees another", {"ledger/planted.py": "import zhengtong.tables"}, FLOORS),
    ("a portal enters the command line", {"portals/ui/planted.py": "import zhengtong.cli"}, FLOORS),
    ("a new top folder has no floor", {"planted/__init__.py": ""}, FLOORS),
    ("a capability calls upward", {"apps/people/planted.py": "import zhengtong.apps.cases.shapes"}, LINE),
    ("neighbours know one another", {"apps/certificates/planted.py": "import zhengtong.apps.exchange.shapes"}, LINE),
    (
        "evidence knows what it is evidence of",
        {"apps/evidence/planted.py": "import zhengtong.apps.catalog.shapes"},
        LINE,
    ),
    ("a new capability has no place in the line", {"apps/planted/__init__.py": ""}, LINE),
    ("queries call actions", {"apps/catalog/queries.py": "import zhengtong.apps.catalog.actions"}, INSIDE),
    ("models know queries", {"apps/catalog/models.py": "import zhengtong.apps.catalog.queries"}, INSIDE),
    ("shapes know models", {"apps/exchange/shapes.py": "import zhengtong.apps.exchange.models"}, INSIDE),
    (
        "another's records are entered",
        {"apps/exchange/queries.py": "import zhengtong.apps.catalog.models"},
        "The records of catalog are its own",
    ),
    (
        "a portal enters records",
        {"portals/citizen/planted.py": "import zhengtong.apps.people.models"},
        "The records of people are its own",
    ),
    (
        "a portal knows another",
        {"portals/citizen/planted.py": "import zhengtong.portals.desk"},
        "Portals do not know one another; all stand on ui",
    ),
    (
        "a new portal has no place",
        {"portals/planted/__init__.py": ""},
        "Portals do not know one another; all stand on ui",
    ),
    (
        "a pure floor hears of Django",
        {"ledger/planted.py": "import django"},
        "Floors 0 to 2 have never heard of Django",
    ),
    (
        "somebody else uses DuckDB",
        {"apps/catalog/planted.py": "import duckdb"},
        "Only tables knows DuckDB, Arrow and Spark",
    ),
    (
        "the rule back-ends meet",
        {"rules/to_sql/planted.py": "import zhengtong.rules.to_python"},
        "The two back-ends of a rule do not know one another",
    ),
    (
        "two modules need one another",
        {"kit/planted_a.py": "import zhengtong.kit.planted_b", "kit/planted_b.py": "import zhengtong.kit.planted_a"},
        "No cycles anywhere",
    ),
]


@contextmanager
def planted(house: Path, lines: dict[str, str]) -> Iterator[None]:
    """Add a line to each file for a while, making files and folders that are missing."""
    paths = {house / PACKAGE.name / name: line for name, line in lines.items()}
    before = {path: path.read_text("utf-8") if path.exists() else None for path in paths}
    made = {path.parent for path in paths if not path.parent.exists()}
    try:
        for path, line in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{before[path] or ''}\n{line}\n", encoding="utf-8")
        yield
    finally:
        for path, text in before.items():
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")
        for folder in made:
            shutil.rmtree(folder)


@pytest.mark.parametrize(("lines", "contract"), [plant[1:] for plant in PLANTS], ids=[plant[0] for plant in PLANTS])
def test_a_planted_violation_is_refused(house, standing, lines, contract):
    assert contract not in standing, "broken before anything was planted"
    with planted(house, lines):
        broken, said = broken_contracts(house)
    assert contract in broken, said[-3000:]


def test_every_kind_of_contract_has_a_plant():
    names = set(re.findall(r"^name = (.+)$", (ROOT / ".importlinter").read_text("utf-8"), re.MULTILINE))
    records = {name for name in names if name.startswith("The records of ")}
    unplanted = names - records - {contract for _, _, contract in PLANTS}
    assert not unplanted
    capabilities = {path.parent.name for path in (PACKAGE / "apps").glob("*/models*")}
    assert records == {f"The records of {name} are its own" for name in capabilities}

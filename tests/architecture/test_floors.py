"""The floors hold, and each kind of violation, planted in a copy, is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/zhengtong"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).parent / "lint-imports", "--config", str(ROOT / ".importlinter"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    leave_out = shutil.ignore_patterns("__pycache__", "node_modules", "static", "fonts", "*.po", "*.mo")
    shutil.copytree(PACKAGE, folder / "zhengtong", ignore=leave_out)
    return folder


def test_the_house_as_it_stands_keeps_every_contract(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


PLANTS = [
    ("a lower floor sees a higher one", "kit/planted.py", "import zhengtong.declared", "A floor sees only the floors below it"),
    ("a sibling of floor 1 sees another", "ledger/planted.py", "import zhengtong.tables", "A floor sees only the floors below it"),
    ("a new top folder has no floor", "planted/__init__.py", "", "A floor sees only the floors below it"),
    ("a capability calls upward", "apps/people/planted.py", "import zhengtong.apps.cases.shapes", "A capability calls only those below it"),
    ("neighbours on one line know one another", "apps/certificates/planted.py", "import zhengtong.apps.exchange.shapes", "A capability calls only those below it"),
    ("a new capability has no place in the line", "apps/planted/__init__.py", "", "A capability calls only those below it"),
    ("queries call actions", "apps/catalog/queries.py", "import zhengtong.apps.catalog.actions", "Inside a capability"),
    ("models know queries", "apps/catalog/models.py", "import zhengtong.apps.catalog.queries", "Inside a capability"),
    ("another's records are entered", "apps/exchange/queries.py", "import zhengtong.apps.catalog.models", "The records of catalog are its own"),
    ("a portal enters records", "portals/citizen/planted.py", "import zhengtong.apps.people.models", "The records of people are its own"),
    ("a portal knows another", "portals/citizen/planted.py", "import zhengtong.portals.desk", "Portals do not know one another"),
    ("a pure floor hears of Django", "ledger/planted.py", "import django", "Floors 0 to 2 have never heard of Django"),
    ("somebody else uses DuckDB", "apps/catalog/planted.py", "import duckdb", "Only tables knows DuckDB"),
    ("the rule back-ends meet", "rules/to_python/planted.py", "import zhengtong.rules.to_sql", "The two back-ends of a rule"),
    ("a cycle", "kit/planted_a/__init__.py", "import zhengtong.kit.planted_b", "No cycles anywhere"),
]


@pytest.mark.parametrize(("plant", "file", "line", "contract"), PLANTS, ids=[plant[0] for plant in PLANTS])
def test_a_planted_violation_is_refused(copy, plant, file, line, contract):
    path = copy / "zhengtong" / file
    if not path.parent.is_dir() and "rules/" in file:
        path = path.with_name(path.parent.name + ".py").parent.parent / (path.parent.name + ".py")
    before = path.read_text() if path.exists() else None
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    other = copy / "zhengtong/kit/planted_b.py"
    try:
        path.write_text(f"{before or ''}\n{line}\n")
        if plant == "a cycle":
            other.write_text("import zhengtong.kit.planted_a\n")
        done = lint(copy)
        assert done.returncode != 0, f"nobody noticed: {plant}"
        assert contract in done.stdout
        assert f"{contract}" in "".join(row for row in done.stdout.splitlines(True) if "BROKEN" in row or contract in row)
    finally:
        other.unlink(missing_ok=True)
        if made:
            shutil.rmtree(path.parent)
        elif before is None:
            path.unlink()
        else:
            path.write_text(before)

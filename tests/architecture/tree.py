"""The house as text: its Python files and their trees, read once for all tests of its shape."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src/zhengtong"
NOT_OURS = {"node_modules", "__pycache__", "migrations", ".venv"}


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    """Return our own Python files under some folders (all code, tests and benches when none is named), sorted."""
    named = folders or ("src", "tests", "bench", "build_frontend.py")
    found = [ROOT / name if name.endswith(".py") else path for name in named for path in walk(ROOT / name)]
    return tuple(sorted(set(found)))


def walk(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder, leaving out what is generated or not ours."""
    if folder.suffix == ".py":
        yield folder
    for path in folder.rglob("*.py"):
        if not NOT_OURS & set(path.relative_to(ROOT).parts):
            yield path


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def module_of(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def shown(path: Path, line: int = 0) -> str:
    """Return a place as people write it: file:line from the root."""
    where = path.relative_to(ROOT).as_posix()
    return f"{where}:{line}" if line else where


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return every file that git keeps; where this is no clone, every file that is not generated."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode == 0 and done.stdout:
        return tuple(ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file())
    kept = (path for path in ROOT.rglob("*") if path.is_file())
    unkept = NOT_OURS | {"built", "fonts", "var", ".git", "dist"}
    return tuple(path for path in kept if not unkept & set(path.relative_to(ROOT).parts))


def imports_of(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield line, dotted target (`from a import b` is `a.b`) and whether only a type checker ever runs it."""
    guarded = {
        id(inner)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name, id(node) in guarded
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield node.lineno, f"{node.module}.{name.name}", id(node) in guarded

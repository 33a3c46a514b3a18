"""One word per thing, no dust-bin names, no pinyin; files and functions that fit on a desk."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, python_files, shown, tracked_files, tree_of

DUSTBINS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "processor", "info"}
FILE_LINES, FUNCTION_LINES = 600, 60

#: syllables of pinyin that are no English word of the field: a name made of two or more of these is pinyin
PINYIN = (
    "shenqing|shenpi|shiyong|banjian|banli|shixiang|zhengwu|zhengzhao|shuju|jiekou|yonghu|mima|denglu|juese|quanxian|"
    "jigou|bumen|gongmin|faren|quhua|xingzheng|cailiao|shouli|bianma|mulu|gongxiang|shouquan|qixian|jiesuan|fuwu|xitong|"
    "peizhi|guanli|chaxun|tijiao|fanhui|zhuangtai|leixing|mingcheng|riqi|shijian|dizhi|dianhua"
)
PINYIN_NAME = re.compile(rf"(^|_)({PINYIN})(_|$)", re.IGNORECASE)


def bad_names(path: Path) -> list[str]:
    """Return the words of a path's own names that the house does not use."""
    names = [*path.relative_to(ROOT).parts[:-1], path.stem]
    return [n for n in names if n.lower().strip("_") in DUSTBINS or PINYIN_NAME.search(n.replace("-", "_"))]


def test_no_file_has_a_dustbin_name_or_a_pinyin_one():
    found = [f"{shown(path)}: {bad_names(path)}" for path in tracked_files() if bad_names(path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "name", ["src/zhengtong/kit/utils.py", "src/zhengtong/apps/common/x.py", "packs/shenqing.yaml"]
)
def test_a_bad_name_is_seen(name):
    assert bad_names(ROOT / name)


def test_no_class_or_function_is_named_in_pinyin_or_after_a_dustbin():
    found = []
    for path in python_files("src"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                words = set(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name).lower().split("_"))
                if PINYIN_NAME.search(node.name) or words & (DUSTBINS - {"info", "common"}):
                    found.append(f"{shown(path, node.lineno)} {node.name}")
    assert not found, "\n".join(found)


def too_long(path: Path, text: str) -> bool:
    """Return whether a file passes 600 lines without saying why at its top."""
    reason = ast.get_docstring(ast.parse(text)) or ""
    return len(text.splitlines()) > FILE_LINES and "Longer than 600 lines because" not in reason


def test_no_file_is_long_without_a_written_reason():
    assert not [shown(path) for path in python_files() if too_long(path, path.read_text("utf-8"))]


def test_a_long_file_is_seen_and_a_reason_is_heard():
    long = "pass\n" * (FILE_LINES + 1)
    assert too_long(ROOT / "long.py", long)
    assert not too_long(ROOT / "long.py", f'"""A table.\n\nLonger than 600 lines because it is one table.\n"""\n{long}')


def test_no_function_is_longer_than_sixty_lines():
    found = [
        f"{shown(path, node.lineno)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES
    ]
    assert not found, "a function past 40 lines wants to be a table, a loop, or two:\n" + "\n".join(found)


def test_every_module_says_what_it_is():
    said = {path: ast.get_docstring(tree_of(path)) for path in python_files() if tree_of(path).body}
    assert not [shown(path) for path, docstring in said.items() if not docstring]

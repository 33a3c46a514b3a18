"""Fuzzes the parsers（语法模糊测试）: `python -m tests.generative.fuzz_parser --minutes 10 [--seed 1] [--megabytes 200]`.

Texts are FEEL of the spec tables and of every decision table at hand, cut, doubled, nested, spliced and sprinkled with
what is odd; one in twenty is a mangled DMN file. For each: no exception but a refusal, at most one second of processor
time, and a process that never holds more than the memory allowed. A refused text must be told in full: line, column, what
was expected, what to do, in Chinese and in English. Exit code 1 when anything was found.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.spec.rules.cases import FEEL, PYTHON_ONLY
from zhengtong.kit import Refused
from zhengtong.rules.dmn import link as linking
from zhengtong.rules.dmn.from_xml import read_model
from zhengtong.rules.from_syntax import BUILTIN_NAMES, Resolver, Scope
from zhengtong.rules.syntax import NameTable, parse_expression, parse_type, parse_unary_tests
from zhengtong.rules.syntax.lexer import KEYWORDS

ROOT = Path(__file__).resolve().parents[2]
GIVEN = ROOT.parent / "shared/conformance/dmn-tck"
SECONDS = 1.0
NAMES = ["income", "household size", "a+b", "date of birth", "x"]
TOKENS = [
    *sorted(KEYWORDS),
    "of",
    "not",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "<=",
    ">=",
    "=",
    "!=",
    "+",
    "-",
    "*",
    "/",
    "**",
    "..",
    ".",
    ",",
    ":",
    "->",
    "@",
    "?",
    "//",
    "/*",
    "*/",
    '"',
    "'",
    "\\",
    "#",
    "$",
    ";",
    "~",
    "`",
    "%",
    "^",
    "&",
    "|",
    "0",
    "1",
    ".5",
    "1e9",
    "1e999999",
    '"a"',
    '@"P1D"',
    '@""',
    "[1..2]",
    "]1..2[",
    "(<",
    "3)",
    "{a:",
    "1}",
    "date",
    "time",
    "list<number>",
    "context<a:",
    "number>",
    "function<number>->string",
    "\\u0000",
    "\\U110000",
    "\ud7ff",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u2028",
    "中",
    "收入",
    "𠮷",
    "\x00",
    "\x0b",
    "\r",
    "\t",
    "é",
    "household",
    "size",
    "a+b",
    "partial",
    "item",
] + ["\n", " ", "date and time", '"' * 3, "(" * 40, "[" * 40, "-" * 30, "if " * 20, "not(" * 20]
_ENGLISH = re.compile(r"Line \d+, column \d+: expected .+, found (?s:.+)\. \S.*[.!?]")
_CHINESE = re.compile(r"规则第 \d+ 行第 \d+ 列读不懂：此处应为.+，却是(?s:.+)。\S.*。")
_UNTRANSLATED = re.compile(r"此处应为[^，]*[a-z]{4,} [a-z]+")
Parse = Callable[[str], object]


@dataclass
class Found:
    """What came out of a run."""

    texts: int = 0
    refused: int = 0
    slowest: float = 0.0
    slowest_text: str = ""
    faults: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)


class OverTime(BaseException):
    """A text took more processor time than allowed; no parser may catch it."""


def seeds() -> list[str]:
    """Return the FEEL texts of the spec tables and of the conformance cases at hand."""
    texts = {text for text, _ in FEEL + PYTHON_ONLY}
    for path in sorted(GIVEN.rglob("*.dmn")):
        found = re.findall(r"<(?:\w+:)?text>([^<]{1,400})<", path.read_text(encoding="utf-8"))
        texts |= {text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip() for text in found}
    return sorted(texts)


def files() -> list[bytes]:
    """Return small DMN files to mangle."""
    return [path.read_bytes() for path in sorted(GIVEN.rglob("*.dmn")) if path.stat().st_size < 20_000][:40]


def mangled(draw: random.Random, texts: list[str]) -> str:
    """Return a text changed in one to six places."""
    text = draw.choice(texts)
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        text = draw.choice(_CHANGES)(draw, text, texts)
    return text[:120_000]


def _place(draw: random.Random, text: str) -> int:
    return draw.randint(0, len(text))


def _put(draw: random.Random, text: str, _: list[str]) -> str:
    at = _place(draw, text)
    return text[:at] + draw.choice(TOKENS) + text[at:]


def _cut(draw: random.Random, text: str, _: list[str]) -> str:
    first, last = sorted((_place(draw, text), _place(draw, text)))
    return text[:first] + text[last:]


def _double(draw: random.Random, text: str, _: list[str]) -> str:
    first, last = sorted((_place(draw, text), _place(draw, text)))
    return text[:last] + text[first:last] * draw.choice((1, 2, 50)) + text[last:] if len(text) < 20_000 else text


def _splice(draw: random.Random, text: str, texts: list[str]) -> str:
    other = draw.choice(texts)
    return text[: _place(draw, text)] + other[_place(draw, other) :]


def _nest(draw: random.Random, text: str, _: list[str]) -> str:
    before, after = draw.choice(
        (("(", ")"), ("[", "]"), ("{a:", "}"), ("-", ""), ("f(", ")"), ("if ", " then 1 else 2"))
    )
    times = draw.choice((1, 5, 59, 60, 61, 500))
    return before * times + text + after * times


def _letter(draw: random.Random, text: str, _: list[str]) -> str:
    at = _place(draw, text)
    letter = chr(draw.choice((draw.randint(0, 127), draw.randint(128, 0xD7FF), draw.randint(0xE000, 0x10FFFF))))
    return text[:at] + letter + text[at + 1 :]


def _chain(draw: random.Random, text: str, _: list[str]) -> str:
    link = draw.choice((" + ", " and ", ".a", "[1]", "()", " = ", " instance of ", ", ", " ** ", "..", " a"))
    return link.join([text] * draw.choice((2, 5, 399, 402))) if len(text) < 200 else text + link


_CHANGES = (_put, _put, _put, _cut, _cut, _double, _splice, _nest, _letter, _chain)
_TABLES = [NameTable(NAMES), BUILTIN_NAMES]
_SCOPE = Scope({name: Resolver().expression(parse_expression("1"), Scope({})) for name in NAMES})


def _resolve(text: str) -> object:
    return Resolver(text, unknown="refuse").expression(parse_expression(text, _TABLES), _SCOPE)


def _cell(text: str) -> object:
    return parse_unary_tests(text, _TABLES, [NameTable(["age group"])])


PARSERS: dict[str, Parse] = {"expression": _resolve, "cell": _cell, "type": parse_type}


def read_file(data: bytes) -> object:
    """Return the program of a DMN file, broken texts as null."""
    return linking.link(read_model(data), strict=False)


def mangled_file(draw: random.Random, known: list[bytes]) -> bytes:
    data = bytearray(draw.choice(known))
    for _ in range(draw.choice((1, 2, 5))):
        first = draw.randint(0, len(data))
        last = min(len(data), first + draw.choice((0, 1, 5, 200)))
        data[first:last] = draw.choice(
            (b"", b"<", b"&", b"\x00", b'"', b"<text>", b"</text>", bytes(data[first:last]) * 2)
        )
    return bytes(data)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop what runs inside after so much processor time; a busy machine does not make a text slow."""

    def stop(*_: object) -> None:
        raise OverTime

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def fault_of(work: Callable[[], object]) -> tuple[str | None, Refused | None]:
    """Return what is wrong with how a text was taken, and its refusal if it was refused."""
    try:
        with within(SECONDS):
            work()
    except Refused as refusal:
        return fault_of_refusal(refusal), refusal
    except OverTime:
        return f"more than {SECONDS} s", None
    except Exception as error:  # noqa: BLE001 - any exception is what is looked for
        return f"{type(error).__name__}: {error}"[:300], None
    return None, None


def fault_of_refusal(refusal: Refused) -> str | None:
    """Return what a refusal fails to tell."""
    facts = refusal.facts
    if refusal.code == "rules.dmn":
        return None if facts.get("line") and refusal.zh and refusal.en else "a refusal without its line"
    if not (facts.get("line", 0) >= 1 and facts.get("column", 0) >= 1):
        return f"{refusal.code} without line and column"
    if refusal.code != "rules.syntax":
        return None
    if not facts["expected"] or not _ENGLISH.fullmatch(refusal.en):
        return f"told badly: {refusal.en}"
    return (
        None if _CHINESE.fullmatch(refusal.zh) and not _UNTRANSLATED.search(refusal.zh) else f"told badly: {refusal.zh}"
    )


def run(minutes: float, seed: int) -> Found:
    """Return what so many minutes of mangled texts found."""
    draw, texts, known, found = random.Random(seed), seeds(), files(), Found()
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end and len(found.faults) < 50:
        if known and draw.random() < 0.05:
            data = mangled_file(draw, known)
            name, shown, work = "dmn", repr(data[:2000]), lambda data=data: read_file(data)
        else:
            text = mangled(draw, texts)
            name = draw.choice(tuple(PARSERS))
            shown, work = ascii(text[:2000]), lambda text=text, name=name: PARSERS[name](text)
        began = time.process_time()
        fault, refusal = fault_of(work)
        taken = time.process_time() - began
        found.texts += 1
        if refusal is not None:
            found.refused += 1
            found.expected[str(refusal.facts.get("expected", refusal.code))] += 1
        if taken > found.slowest:
            found.slowest, found.slowest_text = taken, f"{name}: {shown[:300]}"
        if fault is not None:
            found.faults.append(f"{name} {shown}: {fault}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Fuzz for so long and tell what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.generative.fuzz_parser", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--megabytes", type=int, default=200, help="the most memory the process may hold")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    limit = options.megabytes << 20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    found = run(options.minutes, options.seed)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if peak > options.megabytes:
        found.faults.append(f"the process held {peak:.0f} MB")
    told = {"texts": found.texts, "refused": found.refused, "slowest_seconds": round(found.slowest, 4)}
    told |= {"slowest": found.slowest_text, "peak_megabytes": round(peak, 1), "faults": found.faults}
    if options.json:
        print(json.dumps(told, ensure_ascii=True))
    else:
        for name, value in told.items():
            print(
                f"{name}: {value}" if name != "faults" else "\n".join([f"faults: {len(found.faults)}", *found.faults])
            )
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m zhengtong.flow trace MODEL.bpmn` and `python -m zhengtong.flow check MODEL.bpmn`.

The only place of this room that knows the rule compiler: conditions are FEEL, and a command must bring its own evaluator.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from zhengtong.flow.check import check_model
from zhengtong.flow.document import read_model
from zhengtong.flow.stage import Play, Stage
from zhengtong.kit import Refused
from zhengtong.kit.calendar import builtin_calendar


def main(arguments: list[str] | None = None) -> int:
    """Return 0 when the model ran or has no fault, 1 when it has faults, 2 when it or the input cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        result: int = options.run(options)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    return result


def trace(options: argparse.Namespace) -> int:
    """Run a model headless and print what happened."""
    model = read_model(_bytes(options.model))
    given = _given(options.input)
    results, news = given.pop("$tasks", {}), given.pop("$news", [])
    stage = Stage(
        model,
        evaluate=evaluator(),
        at=options.at,
        workdays=workday_adder(),
        variables=given,
        results=results,
        news=news,
    )
    play = stage.play(options.process, options.start)
    if options.json:
        print(json.dumps({"model": Path(options.model).name, **play.to_dict()}, ensure_ascii=False, indent=2))
    else:
        _print_play(play)
    return 0


def check(options: argparse.Namespace) -> int:
    """Print a model's faults, one per line, and return 1 if there is any."""
    from zhengtong.rules import compile_expression

    faults = check_model(read_model(_bytes(options.model)), compile_expression)
    if options.json:
        print(json.dumps([fault.to_dict() for fault in faults], ensure_ascii=False, indent=2))
    else:
        for fault in faults:
            print(f"{options.model}:{fault}")
        print(f"{len(faults)} 处问题 / {len(faults)} fault(s)" if faults else "没有问题 / no faults")
    return 1 if any(fault.is_serious or options.strict for fault in faults) else 0


def evaluator() -> Callable[[str, Mapping[str, Any]], Any]:
    """Return the evaluation of a FEEL text over variables, each text compiled once."""
    from zhengtong.rules import compile_expression

    compiled = cache(compile_expression)

    def evaluate(text: str, scope: Mapping[str, Any]) -> Any:
        return compiled(text).evaluate(scope)

    return evaluate


def workday_adder() -> Callable[[datetime, int], datetime]:
    """Return the adding of working days by the platform's own calendar; a site that revised it passes its own."""
    calendar = builtin_calendar()
    return lambda at, days: datetime.combine(calendar.add_workdays(at.date(), days), at.timetz())


def _print_play(play: Play) -> None:
    several = len(play.instances) > 1
    for line in play.lines:
        where = f"[{line.instance}] " if several else ""
        parts = (
            line.type,
            line.event,
            line.more.get("subject"),
            line.more.get("status"),
            line.more.get("en"),
            line.name,
        )
        detail = " ".join(" ".join(str(part).split()) for part in parts if part)
        print(f"{where}{line.what:<10}{line.element:<32} {detail}")
    for item in play.waiting:
        print(f"{'waiting':<10}{item['element']:<32} {item['type']} {item['for']}")
    print("variables " + json.dumps(play.variables, ensure_ascii=False, sort_keys=True))
    print(f"state     {play.state}")


def _bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refused(
            "flow.read.no-file",
            f"读不到文件 {path}：{error.strerror}。请检查路径。",
            f"Cannot read {path}: {error.strerror}. Check the path.",
        ) from error


def _given(text: str | None) -> dict[str, Any]:
    """Return the input variables: JSON itself, or the path of a file that holds it."""
    if not text:
        return {}
    try:
        found = json.loads(text if text.lstrip().startswith("{") else _bytes(text.removeprefix("@")))
    except json.JSONDecodeError as error:
        raise _bad_input(str(error)) from error
    if not isinstance(found, dict):
        raise _bad_input("not an object")
    return found


def _bad_input(why: str) -> Refused:
    return Refused(
        "flow.trace.bad-input",
        f"--input 不是 JSON 对象（{why}）。请写成 '{{\"名称\": 值}}' 或文件路径。",
        f"--input is not a JSON object ({why}). Give an object or the path of a file.",
        field="input",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m zhengtong.flow", description="BPMN 2.0: run headless, or check.")
    words = parser.add_subparsers(required=True)
    tracing = words.add_parser("trace", help="run a model headless and print what happens")
    tracing.add_argument("model")
    tracing.add_argument(
        "--input",
        help='variables as JSON or a file; "$tasks" holds results of tasks by element id, "$news" messages and signals',
    )
    tracing.add_argument("--json", action="store_true")
    tracing.add_argument("--process", default="", help="the process to start; by default all that start of themselves")
    tracing.add_argument("--start", default="", help="the start event to begin with")
    tracing.add_argument("--at", default="2026-01-01T00:00:00", help="where the virtual clock begins (ISO 8601)")
    tracing.set_defaults(run=trace)
    checking = words.add_parser("check", help="print the faults of a model")
    checking.add_argument("model")
    checking.add_argument("--json", action="store_true")
    checking.add_argument("--strict", action="store_true", help="let warnings fail too")
    checking.set_defaults(run=check)
    return parser


if __name__ == "__main__":
    sys.exit(main())

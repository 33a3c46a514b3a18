"""Runs the DMN TCK: `python -m tests.conformance.dmn_tck DIR [--backend python|sql|both] [--json]`.

A case passes when every result of it is the expected value. Where null or an error is expected, the engine must really
have returned null (or refused the expression as broken); an exception inside the engine fails the case, and so does a
model that cannot be loaded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.dmn_tck_cases import Case, NoForm, agrees, as_input, load_program, read_cases
from zhengtong.kit import Refused
from zhengtong.rules.run import Runner
from zhengtong.rules.values import to_text


@dataclass
class Report:
    """What came out of one back-end."""

    backend: str
    passed: int = 0
    total: int = 0
    no_sql: list[dict[str, str]] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)

    def reasons(self) -> Counter[str]:
        return Counter(entry["reason"] for entry in self.no_sql)


class PythonBackend:
    """Evaluates with the Python back-end."""

    name = "python"

    def __init__(self) -> None:
        self._programs: dict[tuple[Path, str], Any] = {}

    def program(self, case: Case) -> Any:
        place = (case.folder, case.model)
        if place not in self._programs:
            self._programs[place] = load_program(*place)
        return self._programs[place]

    def values(self, case: Case) -> dict[str, Any]:
        """Return the inputs of a case by key."""
        names = self.program(case).names
        return {names[name]: as_input(value) for name, value in case.inputs.items() if name in names}

    def evaluate(self, case: Case, name: str) -> Any:
        """Return the value of a result node."""
        program = self.program(case)
        runner = Runner(program)
        values = self.values(case)
        if case.kind == "decisionService":
            return _part(runner.call(program.names[case.invocable], values), name, case)
        if case.kind == "bkm":
            return runner.call(program.names[case.invocable], _arguments(program, case))
        return runner.evaluate(program.names[name], values)


def _part(result: Any, name: str, case: Case) -> Any:
    """Return the named output of a service that has several."""
    if isinstance(result, dict) and name in result and (name != case.invocable):
        return result[name]
    return result


def _arguments(program: Any, case: Case) -> dict[str, Any]:
    node = program.definitions[program.names[case.invocable]].node
    return {parameter.key: as_input(case.inputs.get(parameter.name)) for parameter in node.parameters}


def run_case(case: Case, evaluate: Callable[[Case, str], Any]) -> str | None:
    """Return why the case fails, None when it passes; raises NoForm where a back-end has no form for it."""
    for expectation in case.expected:
        try:
            actual = evaluate(case, expectation.name)
        except NoForm:
            raise
        except Refused as refusal:
            return f"{expectation.name}: refused: {refusal}"
        except Exception as error:  # noqa: BLE001 - an internal exception is a failure of the case, whatever it is
            return f"{expectation.name}: {type(error).__name__}: {error}"
        if not agrees(expectation.value, actual):
            return f"{expectation.name}: expected {_shown(expectation.value)}, got {_shown(actual)}"
    return None


def _shown(value: Any) -> str:
    try:
        return to_text(value)
    except KeyError:
        return repr(value)


def run(root: Path, backend: Any) -> Report:
    """Return the report of every case under `root`."""
    report = Report(backend.name)
    for case in read_cases(root):
        report.total += 1
        try:
            failure = run_case(case, backend.evaluate)
        except NoForm as reason:
            report.no_sql.append({"case": case.place, "reason": str(reason)})
            continue
        if failure is None:
            report.passed += 1
        else:
            report.failures.append({"case": case.place, "why": failure})
    return report


def _backends(choice: str) -> list[Any]:
    from tests.conformance.dmn_tck_sql import SqlBackend

    made = {"python": PythonBackend, "sql": SqlBackend}
    return [made[name]() for name in (["python", "sql"] if choice == "both" else [choice])]


def _print(report: Report) -> None:
    ran = report.total - len(report.no_sql)
    print(
        f"{report.backend}: passed {report.passed} of {ran} that ran, total {report.total}, no_sql {len(report.no_sql)}"
    )
    for reason, count in report.reasons().most_common():
        print(f"  no_sql {count:5d}  {reason}")
    for failure in report.failures:
        print(f"  FAILED {failure['case']}: {failure['why']}")


def main(arguments: list[str] | None = None) -> int:
    """Run the cases under a folder and print the report; exit code 1 when a case that ran failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.dmn_tck", description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--backend", choices=("python", "sql", "both"), default="python")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    reports = [run(options.dir, backend) for backend in _backends(options.backend)]
    if options.json:
        found = {report.backend: asdict(report) for report in reports}
        print(json.dumps(asdict(reports[0]) if len(reports) == 1 else found, ensure_ascii=False, indent=1))
    else:
        for report in reports:
            _print(report)
    return 1 if any(report.failures for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())

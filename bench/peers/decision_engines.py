"""Decision engines beside ours, run by a Python that has one: `script ENGINE ROWS SECONDS` prints one JSON line.

The table, the people and what is timed are the bench's own; nothing of Zhengtong is imported, so that an engine whose pins
do not go with ours can be measured in an environment of its own.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

CATEGORIES = ("A", "B")
Decide = Callable[[dict[str, Any]], Any]


def bands(rows: int) -> list[tuple[int, int, str, str]]:
    """Return the table all engines decide: income from, income to, category, answer."""
    return [(n // 2 * 10, n // 2 * 10 + 10, CATEGORIES[n % 2], f"r{n}") for n in range(rows)]


def people(rows: int, count: int = 2000) -> list[dict[str, Any]]:
    draw = random.Random(7)
    return [
        {"income": Decimal(draw.randint(0, rows * 5 * 100 - 1)) / 100, "category": draw.choice(CATEGORIES)}
        for _ in range(count)
    ]


def dmn_text(rows: int, condition: str, quote: str) -> str:
    """Return the same table as DMN 1.3 XML, its income cells written as `condition` wants them."""
    cells = "".join(
        f"<rule id='u{n}'><inputEntry id='a{n}'><text>{condition.format(low=low, high=high)}</text></inputEntry>"
        f"<inputEntry id='b{n}'><text>{quote}{kind}{quote}</text></inputEntry>"
        f"<outputEntry id='c{n}'><text>{quote}{answer}{quote}</text></outputEntry></rule>"
        for n, (low, high, kind, answer) in enumerate(bands(rows))
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='m' name='m' namespace='n'>"
        "<inputData id='x1' name='income'><variable name='income' typeRef='number'/></inputData>"
        "<inputData id='x2' name='category'><variable name='category' typeRef='string'/></inputData>"
        "<decision id='band' name='band'><variable name='band'/><informationRequirement><requiredInput href='#x1'/>"
        "</informationRequirement><informationRequirement><requiredInput href='#x2'/></informationRequirement>"
        "<decisionTable id='t' hitPolicy='UNIQUE'>"
        "<input id='i1' label='income'><inputExpression id='e1' typeRef='number'><text>income</text></inputExpression></input>"
        "<input id='i2' label='category'><inputExpression id='e2' typeRef='string'><text>category</text></inputExpression></input>"
        f"<output id='o' label='band' name='band' typeRef='string'/>{cells}</decisionTable></decision></definitions>"
    )


def zen_engine(rows: int) -> Decide:
    import zen

    rules = [
        {"_id": str(n), "a": f"[{low}..{high})", "b": f"'{kind}'", "o": f"'{answer}'"}
        for n, (low, high, kind, answer) in enumerate(bands(rows))
    ]
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": "a", "name": "i", "field": "income"}, {"id": "b", "name": "c", "field": "category"}],
        "outputs": [{"id": "o", "name": "band", "field": "band"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "t", "type": "decisionTableNode", "name": "t", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "t"},
        {"id": "2", "type": "edge", "sourceId": "t", "targetId": "out"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    return lambda row: decision.evaluate({"income": float(row["income"]), "category": row["category"]})["result"][
        "band"
    ]


def spiff_workflow(rows: int) -> Decide:
    from lxml import etree
    from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
    from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
    from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

    root = etree.fromstring(dmn_text(rows, "{low} &lt;= ? &lt; {high}", '"'))
    parser = DMNParser(None, root, {"dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/"}, filename="band.dmn")
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])

    class Spec:
        file, name, bpmn_name, bpmn_id = "band", "band", "band", "band"

    class Workflow:
        script_engine, spec, parent_workflow, outer_workflow = PythonScriptEngine(), Spec(), None, None

    class Task:
        task_spec, workflow = Spec(), Workflow()

        def __init__(self, data: dict[str, Any]) -> None:
            self.data = data

    return lambda row: engine.result(Task(dict(row)))["band"]


def py_dmn_rules(rows: int) -> Decide:
    from pyDMNrules import DMN

    rules = DMN()
    with contextlib.redirect_stdout(io.StringIO()):
        status = rules.useXML(dmn_text(rows, "[{low}..{high})", '"'))
    if status.get("errors"):
        raise RuntimeError(str(status["errors"])[:200])

    def decide(row: dict[str, Any]) -> Any:
        status, answer = rules.decide({"income": float(row["income"]), "category": row["category"]})
        if status.get("errors"):
            raise RuntimeError(str(status["errors"])[:200])
        final = answer[-1] if isinstance(answer, list) else answer
        return final["Result"]["band"]

    return decide


#: engine → how its table is made
ENGINES: dict[str, Callable[[int], Decide]] = {
    "zen-engine": zen_engine,
    "SpiffWorkflow.dmn": spiff_workflow,
    "pyDMNrules": py_dmn_rules,
}


def main() -> None:
    engine, rows, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    decide, sample = ENGINES[engine](rows), people(rows)[:100]
    answers = [decide(row) for row in sample]
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for row in sample:
            decide(row)
        done += len(sample)
    print(json.dumps({"answers": answers, "rate": done / (time.perf_counter() - began)}))


if __name__ == "__main__":
    main()

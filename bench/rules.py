"""Rules: decisions a second of a ten-row and a thousand-row table, compiling, beside SpiffWorkflow, pyDMNrules and zen-engine."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bench.figures import Figure
from zhengtong.rules import compile_decision

RUNS = int(os.environ.get("ZHENGTONG_BENCH_RUNS", "3"))
SECONDS = float(os.environ.get("ZHENGTONG_BENCH_SECONDS", "1"))
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


def ours(rows: int) -> Decide:
    rules = [
        {"when": [f"[{low}..{high})", f'"{kind}"'], "then": [f'"{answer}"']} for low, high, kind, answer in bands(rows)
    ]
    return compile_decision(
        {
            "id": "band",
            "inputs": {"income": "number", "category": "string"},
            "table": {"hit policy": "unique", "inputs": ["income", "category"], "outputs": ["band"], "rules": rules},
        }
    ).decide


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


PEERS: dict[str, Callable[[int], Decide]] = {
    "zen-engine": zen_engine,
    "SpiffWorkflow.dmn": spiff_workflow,
    "pyDMNrules": py_dmn_rules,
}


def per_second(decide: Decide, rows: list[dict[str, Any]], seconds: float = SECONDS) -> float:
    """Return decisions a second, the median of several runs."""
    rates = []
    for _ in range(RUNS):
        done, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            for row in rows:
                decide(row)
            done += len(rows)
        rates.append(done / (time.perf_counter() - began))
    return statistics.median(rates)


def run() -> list[Figure]:
    """Return every figure of the rules' bench."""
    data = people(10)
    decide = ours(10)
    rate = per_second(decide, data)
    figures = [
        Figure("ten-row table", rate, "decisions/s", bar=">= 500000", holds=rate >= 500_000, note="Decimal inputs")
    ]
    figures += [_peer(name, make, decide, rate, data) for name, make in PEERS.items()]
    return [*figures, *_thousand()]


def _peer(name: str, make: Callable[[int], Decide], decide: Decide, rate: float, data: list[dict[str, Any]]) -> Figure:
    """Return our rate beside a peer's on the same table; what it answers must be what we answer."""
    title = f"ten-row table beside {name}"
    try:
        theirs = make(10)
        sample = data[:100]
        if [theirs(row) for row in sample] != [decide(row) for row in sample]:
            return Figure(title, rate, "decisions/s", peer=name, bar=">= 100 x", note="it answers otherwise")
        peer_rate = per_second(theirs, sample, min(SECONDS, 0.5))
    except ImportError as error:
        return Figure(title, rate, "decisions/s", peer=name, bar=">= 100 x", note=f"not installed: {error.name}")
    except Exception as error:  # noqa: BLE001 - a peer that cannot run is told, not hidden
        return Figure(title, rate, "decisions/s", peer=name, bar=">= 100 x", note=f"could not run: {error}"[:160])
    ratio = rate / peer_rate
    return Figure(title, rate, "decisions/s", name, peer_rate, ratio, ">= 100 x", ratio >= 100)


def _thousand() -> list[Figure]:
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        decide = ours(1000)
        decide({"income": Decimal(5), "category": "A"})
        taken.append(time.perf_counter() - began)
    compiled = statistics.median(taken)
    rate = per_second(decide, people(1000))
    return [
        Figure("parse and compile 1,000 rows", compiled, "s", bar="< 1 s", holds=compiled < 1),
        Figure("1,000-row table", rate, "decisions/s", bar=">= 50000", holds=rate >= 50_000),
    ]

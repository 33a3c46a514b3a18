"""`./run bench [NAME] [--json]`: run one named workload, or list them."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
NOT_BENCHES = {"__init__", "__main__", "figures"}


def names() -> dict[str, str]:
    """Return the benches and the first line each says of itself."""
    found = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHES)
    modules = {name: importlib.import_module(f"bench.{name}") for name in found}
    return {name: (module.__doc__ or "").splitlines()[0] for name, module in modules.items() if hasattr(module, "run")}


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--json", action="store_true", help="end with one JSON line")
    options = parser.parse_args()
    known = names()
    if options.name not in known:
        for name, told in known.items():
            print(f"{name:<12} {told}")
        raise SystemExit(0 if options.name is None else 2)
    figures = importlib.import_module(f"bench.{options.name}").run()
    show(figures)
    if options.json:
        print(
            json.dumps({"bench": options.name, "figures": [figure.to_json() for figure in figures]}, ensure_ascii=False)
        )


def show(figures) -> None:
    table = Table("figure", "value", "peer", "ratio", "bar", "holds", "note")
    for figure in figures:
        beside = f"{figure.peer} {figure.peer_value:,.4g}" if figure.peer_value is not None else figure.peer
        ratio = f"{figure.ratio:.2f}" if figure.ratio is not None else ""
        holds = {True: "yes", False: "NO", None: "—"}[figure.holds]
        table.add_row(figure.name, f"{figure.value:,.4g} {figure.unit}", beside, ratio, figure.bar, holds, figure.note)
    Console(stderr=True).print(table)


if __name__ == "__main__":
    main()

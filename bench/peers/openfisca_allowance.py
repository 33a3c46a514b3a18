"""The minimum living allowance in openfisca-core: run by a Python that has it, `script ROWS.csv`; a JSON line for each line in.

openfisca-core is AGPL-3.0: this script only measures it, in an environment of its own. Timed is what is timed of us: from
the columns (here numpy arrays in memory) to the total.
"""

import csv
import importlib.metadata
import json
import sys
import time

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

Household = build_entity(key="household", plural="households", label="", is_person=True)
PERIOD = "2026-11"


def given(name, kind):
    return type(name, (Variable,), {"value_type": kind, "entity": Household, "definition_period": DateUnit.MONTH})


INPUTS = {
    "urban": bool,
    "household_size": int,
    "household_income": float,
    "savings": float,
    "vehicles": int,
    "second_home": bool,
    "local_hukou": bool,
    "members_to_protect": int,
}


class allowance(Variable):  # noqa: N801 - openfisca names variables so
    value_type = float
    entity = Household
    definition_period = DateUnit.MONTH

    def formula(household, period):  # noqa: N805 - openfisca's signature
        standard = numpy.where(household("urban", period), 830, 680)
        size = household("household_size", period)
        shortfall = standard * size - household("household_income", period)
        eligible = (
            household("local_hukou", period)
            * (shortfall > 0)
            * (household("savings", period) <= 20000 * size)
            * (household("vehicles", period) <= 0)
            * ~household("second_home", period)
        )
        amount = shortfall + standard * 0.2 * household("members_to_protect", period)
        return numpy.where(eligible, numpy.round(amount, 2), 0)


def main():
    columns = read(sys.argv[1])
    system = TaxBenefitSystem([Household])
    for name, kind in INPUTS.items():
        system.add_variable(given(name, kind))
    system.add_variable(allowance)
    tell({"version": importlib.metadata.version("openfisca-core")})
    for _ in sys.stdin:
        started = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, count=len(columns["urban"]))
        for name, values in columns.items():
            simulation.set_input(name, PERIOD, values)
        total = float(simulation.calculate("allowance", PERIOD).sum(dtype=numpy.float64))
        tell({"seconds": time.perf_counter() - started, "total": repr(total)})


def tell(told):
    print(json.dumps(told), flush=True)


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {"urban": numpy.array([row["area"] == "urban" for row in rows])}
    for name, kind in INPUTS.items():
        if name == "urban":
            continue
        make = (lambda text: text == "True") if kind is bool else kind
        columns[name] = numpy.array([make(row[name]) for row in rows])
    return columns


if __name__ == "__main__":
    main()

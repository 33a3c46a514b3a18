"""A rule asked of everyone（政策找人、政策模拟）: populations made of snapshots, and samples to try rules on."""

from zhengtong.tables.population.people import Answer, Expression, Join, Population, Total
from zhengtong.tables.population.sample import make_sample

__all__ = ["Answer", "Expression", "Join", "Population", "Total", "make_sample"]

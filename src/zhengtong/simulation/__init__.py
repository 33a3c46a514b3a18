"""Rules over whole populations（政策找人、政策模拟）: who is eligible and who nearly; what a reform costs and to whom. Pure."""

from zhengtong.simulation.find import Found, FoundSummary, Missing, find, summarise_found
from zhengtong.simulation.shapes import Amounts, Group, Simulated
from zhengtong.simulation.simulate import simulate

__all__ = [
    "Amounts",
    "Found",
    "FoundSummary",
    "Group",
    "Missing",
    "Simulated",
    "find",
    "simulate",
    "summarise_found",
]

"""Can it stick, or lose or double its tokens（死锁与失步）? Every container's token game is played through, data left out.

Each container is small once sub-processes count as one node, so its markings are simply enumerated, to a bound; past the
bound nothing is claimed. Exclusive choices, inclusive subsets and boundary events may go any way: what is found *can*
happen as far as the drawing says.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import combinations

from zhengtong.flow.check.faults import Fault
from zhengtong.flow.check.sheet import Sheet
from zhengtong.flow.program.names import ACTIVITIES
from zhengtong.flow.program.paths import is_link_target
from zhengtong.flow.program.shapes import Container, Flow, Node

_BOUND = 4000
_BOUND_BRANCHES = 6
Marking = tuple[tuple[str, int], ...]


def check_soundness(sheet: Sheet) -> Iterator[Fault]:
    """Yield joins that can wait for ever, nodes that can be reached twice at once, and loops without an exit."""
    for container in sheet.program.containers.values():
        if container.kind == "adHocSubProcess" or not container.nodes:
            continue
        yield from _exits(sheet, container)
        game = Game(container, _guards(container))
        game.play()
        for node_id in sorted(game.stuck):
            yield sheet.say("deadlock", sheet.by_id[node_id])
        for node_id in sorted(game.doubled - game.stuck):
            yield sheet.say("lost-synchronisation", sheet.by_id[node_id])


def _guards(container: Container) -> bool:
    """Return whether anything may end the container early, so that tokens left behind mean nothing."""
    return any(
        trigger.kind in ("terminate", "error", "cancel")
        for node in container.nodes
        if node.kind == "endEvent"
        for trigger in node.triggers
    )


def _exits(sheet: Sheet, container: Container) -> Iterator[Fault]:
    """Yield one node of every loop that no path leaves."""
    forward: dict[str, list[Node]] = {node.id: list(_next(node, container)) for node in container.nodes}
    back: dict[str, list[str]] = {}
    for source, targets in forward.items():
        for target in targets:
            back.setdefault(target.id, []).append(source)
    todo = [node.id for node in container.nodes if not forward[node.id]]
    leaving = set(todo)
    while todo:
        for before in back.get(todo.pop(), ()):
            if before not in leaving:
                leaving.add(before)
                todo.append(before)
    yield from _unreached(sheet, container, forward)
    trapped = [node for node in container.nodes if node.id not in leaving]
    if trapped:
        names = "、".join(node.id for node in trapped)
        yield sheet.say("no-exit", sheet.by_id[trapped[0].id], nodes=names)


def _unreached(sheet: Sheet, container: Container, forward: dict[str, list[Node]]) -> Iterator[Fault]:
    """Yield nodes that have incoming flows but hang on no start: islands that go round by themselves."""
    roots = [node for node in container.nodes if not node.incoming and node.kind != "boundaryEvent"]
    seen = {node.id for node in roots}
    todo = list(roots)
    while todo:
        for target in forward[todo.pop().id]:
            if target.id not in seen:
                seen.add(target.id)
                todo.append(target)
    for node in container.nodes:
        if node.id not in seen and node.incoming:
            yield sheet.say("unreachable", sheet.by_id[node.id])


def _next(node: Node, container: Container) -> Iterator[Node]:
    yield from (flow.target for flow in node.outgoing)
    yield from (edge for edge in node.boundaries)
    names = {trigger.name for trigger in node.triggers if trigger.kind == "link"}
    if names and node.kind == "intermediateThrowEvent":
        yield from (other for other in container.nodes if is_link_target(other, names))


class Game:
    """The markings of one container: tokens on flows (by id) and on starts (by node id)."""

    def __init__(self, container: Container, may_end_early: bool) -> None:
        self.container = container
        self.may_end_early = may_end_early
        self.flows: dict[str, Flow] = {flow.id: flow for node in container.nodes for flow in node.outgoing}
        self.nodes = {node.id: node for node in container.nodes}
        self.stuck: set[str] = set()
        self.doubled: set[str] = set()

    def play(self) -> None:
        """Enumerate the markings from every way to start; where they are too many, only one order of each choice."""
        for beginning in self.beginnings():
            if not self.explore(beginning, self.followers):
                self.explore(beginning, self.few_followers)

    def explore(self, beginning: Marking, follow: Callable[[dict[str, int]], Iterator[Marking]]) -> bool:
        """Visit the markings reached from one; return whether that came to an end before the bound."""
        seen: set[Marking] = {beginning}
        todo = deque([beginning])
        while todo:
            marking = todo.popleft()
            followers = list(follow(dict(marking)))
            if not followers:
                self.stuck |= self.waiting(marking)
            for follower in followers:
                if follower not in seen:
                    if len(seen) >= _BOUND:
                        return False
                    seen.add(follower)
                    todo.append(follower)
        return True

    def few_followers(self, marking: dict[str, int]) -> Iterator[Marking]:
        """Yield the markings after one node alone: its alternatives share their token with no other node.

        Merges wait until nothing else can go, so that a second token finds the first still there; joins that look at
        the whole container come last.
        """
        for node in sorted(self.nodes.values(), key=_patience):
            chosen = list(self.enabled(node, marking))
            if not chosen:
                continue
            if len(chosen) > 1 and node.outgoing:
                self.doubled.add(node.id)
            for used in chosen[:1]:
                rest = dict(marking)
                for place in used:
                    rest[place] -= 1
                for produced in self.products(node):
                    yield self.after(rest, produced)
            return

    def beginnings(self) -> list[Marking]:
        """Return the first markings: all implicit starts together, each start event by itself."""
        starts = self.container.starts
        events = [
            node for node in [*starts, *self.container.triggered] if node.kind == "startEvent" or node.instantiates
        ]
        if events:
            return [((node.id, 1),) for node in events]
        return [tuple(sorted((node.id, 1) for node in starts))]

    def followers(self, marking: dict[str, int]) -> Iterator[Marking]:
        """Yield the markings one step away."""
        for node in self.nodes.values():
            for used in self.enabled(node, marking):
                rest = dict(marking)
                for place in used:
                    rest[place] -= 1
                for produced in self.products(node):
                    yield self.after(rest, produced)

    def enabled(self, node: Node, marking: dict[str, int]) -> Iterator[list[str]]:
        """Yield the sets of tokens a node can take."""
        filled = [flow.id for flow in node.incoming if marking.get(flow.id)]
        if marking.get(node.id):
            yield [node.id]
        if not filled:
            return
        if node.kind == "parallelGateway":
            if len(filled) == len(node.incoming):
                yield filled
        elif node.kind in ("inclusiveGateway", "complexGateway") and len(node.incoming) > 1:
            if not self.still_coming(node, marking, filled):
                yield filled
        else:
            yield from ([place] for place in filled)

    def still_coming(self, join: Node, marking: dict[str, int], filled: list[str]) -> bool:
        """Return whether a token elsewhere can still reach an empty flow of an inclusive join."""
        empty = {flow.id for flow in join.incoming} - set(filled)
        for place, count in marking.items():
            if count and place not in filled:
                reached = self.reached(place, join)
                if reached & empty and not reached & set(filled):
                    return True
        return False

    def reached(self, place: str, join: Node) -> set[str]:
        """Return the flows reachable from a place without passing a join."""
        seen = {place} if place in self.flows else set()
        todo = [self.flows[place].target if place in self.flows else self.nodes[place]]
        visited = set()
        while todo:
            node = todo.pop()
            if node is join or node.id in visited:
                continue
            visited.add(node.id)
            seen.update(flow.id for flow in node.outgoing)
            todo += list(_next(node, self.container))
        return seen

    def products(self, node: Node) -> Iterator[list[str]]:
        """Yield the places that may get a token when a node has done its work."""
        out = [flow.id for flow in node.outgoing]
        if node.kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([place] for place in out)
        elif node.kind in ("inclusiveGateway", "complexGateway") and len(out) > 1:
            yield from self.subsets(out)
        elif node.branching and node.kind != "parallelGateway" and len(out) > 1:
            always = [flow.id for flow in node.outgoing if not flow.condition and flow.id != node.default]
            yield from ([*always, *some] for some in self.subsets([each for each in out if each not in always]))
        elif any(trigger.kind == "link" for trigger in node.triggers) and node.kind == "intermediateThrowEvent":
            yield [other.id for other in _next(node, self.container)]
        else:
            yield out
        yield from self.detours(node, out)

    def detours(self, node: Node, out: list[str]) -> Iterator[list[str]]:
        """Yield what boundary events may add or do instead."""
        if node.kind not in ACTIVITIES:
            return
        for edge in node.boundaries:
            if any(trigger.kind == "compensate" for trigger in edge.triggers):
                continue
            yield [edge.id] if edge.interrupting else [*out, edge.id]

    def subsets(self, places: list[str]) -> Iterator[list[str]]:
        """Yield the non-empty subsets, or only singles and the whole when there are too many."""
        sizes = range(1, len(places) + 1) if len(places) <= _BOUND_BRANCHES else (1, len(places))
        for size in sizes:
            yield from (list(each) for each in combinations(places, size))

    def after(self, rest: dict[str, int], produced: list[str]) -> Marking:
        """Return a marking with tokens added; a second token on one place is a fault and is not followed further."""
        found = {place: count for place, count in rest.items() if count}
        for place in produced:
            if found.get(place):
                self.doubled.add(self.flows[place].target.id if place in self.flows else place)
            found[place] = 1
        return tuple(sorted(found.items()))

    def waiting(self, marking: Marking) -> set[str]:
        """Return the joins at which a marking without a follower waits."""
        return (
            set()
            if self.may_end_early
            else {self.flows[place].target.id for place, _ in marking if place in self.flows}
        )


def _patience(node: Node) -> tuple[int, str]:
    """Return how long a node waits for the others when only one order is tried: what decides nothing goes first."""
    if node.kind in ("inclusiveGateway", "complexGateway") and len(node.incoming) > 1:
        return (3, node.id)
    if len(node.incoming) > 1 and node.kind != "parallelGateway" and node.outgoing:
        return (2, node.id)
    decides = bool(node.boundaries) or (node.kind != "parallelGateway" and len(node.outgoing) > 1)
    return (int(decides), node.id)

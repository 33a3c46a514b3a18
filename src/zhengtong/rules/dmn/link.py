"""Models → program（链接）: imports, scopes and types resolved, every boxed expression as IR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhengtong.kit import Refused
from zhengtong.rules.core import ir
from zhengtong.rules.core.program import Definition, Input, Program
from zhengtong.rules.core.types import ANY, Type, type_of
from zhengtong.rules.dmn import model
from zhengtong.rules.dmn.boxed import BoxedResolver
from zhengtong.rules.dmn.types import TypeTable
from zhengtong.rules.from_syntax import BUILTIN_NAMES, Resolver, Scope, fresh
from zhengtong.rules.syntax import NameTable, parse_unary_tests


def link(main: model.Model, imported: Iterable[model.Model] = (), *, strict: bool = True) -> Program:
    """Return the program of a model and those it imports.

    With `strict` a broken text is refused; without, its value is null and the reason stands in `problems`.
    """
    return _Linker(main, {other.namespace: other for other in imported}, strict).program()


class _Linker:
    def __init__(self, main: model.Model, others: dict[str, model.Model], strict: bool) -> None:
        self.main, self.strict = main, strict
        self.models = {**others, main.namespace: main}
        self.problems: list[str] = []
        self.variables: dict[tuple[str, str], ir.Var] = {}
        self.elements: dict[tuple[str, str], model.Element] = {}
        for space, one in self.models.items():
            for element in one.elements:
                self.variables[space, element.id] = fresh(element.name)
                self.elements[space, element.id] = element
        self.members = NameTable(_member_names(self.models.values()))
        self.types: dict[str, TypeTable] = {}

    def program(self) -> Program:
        inputs: dict[str, Input] = {}
        definitions: dict[str, Definition] = {}
        for (space, _), element in self.elements.items():
            variable = self.variables[space, element.id]
            kind = self.type_table(space).get(element.type_ref)
            if element.kind == "input":
                inputs[variable.key] = Input(variable, kind)
            else:
                definitions[variable.key] = self._definition(space, element, variable, kind)
        return Program(inputs, definitions, self._names(), tuple(self.problems))

    def _names(self) -> dict[str, str]:
        """Return the keys by name: of the main model plainly, of imports as `import.name` and, if free, plainly too."""
        names: dict[str, str] = {}
        for space, one in self.models.items():
            for element in one.elements:
                names.setdefault(element.name, self.variables[space, element.id].key)
        for label, space in self.main.imports:
            for element in self.models[space].elements if space in self.models else ():
                names[f"{label}.{element.name}"] = self.variables[space, element.id].key
        names.update({e.name: self.variables[self.main.namespace, e.id].key for e in self.main.elements})
        return names

    def type_table(self, space: str) -> TypeTable:
        """Return the types of a model."""
        if space not in self.types:
            one = self.models[space]
            tables = {label: self.type_table(other) for label, other in one.imports if other in self.models}
            items = {item.name: item for item in one.items}
            self.types[space] = TypeTable(items, lambda text: self._constraint(space, text), tables)
        return self.types[space]

    def _constraint(self, space: str, text: str) -> ir.Node:
        value = ir.Var("?", "?")
        resolver = Resolver(text, self.type_table(space).find)
        try:
            return resolver.unary_tests(parse_unary_tests(text, [BUILTIN_NAMES], [self.members]), value, Scope({}))
        except Refused as refusal:
            return self.broken(refusal)

    def broken(self, refusal: Refused) -> ir.Node:
        """Return null for a broken text, or refuse it when strict."""
        if self.strict:
            raise refusal
        if str(refusal) not in self.problems:
            self.problems.append(str(refusal))
        return ir.Nothing(refusal.en)

    # -- definitions ---------------------------------------------------------------------------------------------

    def _definition(self, space: str, element: model.Element, variable: ir.Var, kind: Type) -> Definition:
        if element.kind == "service":
            return self._service(space, element, variable)
        if isinstance(element.logic, model.Constant):
            return Definition(variable, ir.Const(element.logic.value), "parameter", type_of(element.logic.value))
        required = list(self._required(space, element.requires))
        scope = Scope(dict(self._visible(space, element, required)))
        boxed = BoxedResolver(self, space, scope)
        keys = tuple(self.variables[place].key for place in required)
        if element.kind == "bkm":
            node = self._knowledge(boxed, element, kind)
            return Definition(variable, node, "function", kind, keys)
        if element.logic is None:
            return Definition(variable, ir.Nothing("no decision logic"), "decision", kind, keys)
        return Definition(variable, ir.Convert(boxed.node(element.logic, kind), kind), "decision", kind, keys)

    def _knowledge(self, boxed: BoxedResolver, element: model.Element, kind: Type) -> ir.Node:
        if not isinstance(element.logic, model.Function):
            return ir.Nothing("no encapsulated logic")
        result = kind.result if kind.kind == "function" else kind
        return boxed.function(element.logic, element.name, result, shared=True)

    def _required(self, space: str, hrefs: Iterable[str]) -> Iterator[tuple[str, str]]:
        for href in hrefs:
            other, _, name = href.rpartition("#")
            place = (other or space, name)
            if place in self.elements:
                yield place

    def _visible(
        self, space: str, element: model.Element, required: list[tuple[str, str]]
    ) -> Iterator[tuple[str, ir.Node]]:
        """Yield what the element may speak of: what it requires, and itself when it is a function."""
        labels = {other: label for label, other in self.models[space].imports}
        for place in required:
            name = self.elements[place].name
            label = labels.get(place[0]) if place[0] != space else None
            yield (f"{label}.{name}" if label else name), self.variables[place]
        if element.kind == "bkm":
            yield element.name, self.variables[space, element.id]

    def _service(self, space: str, element: model.Element, variable: ir.Var) -> Definition:
        """A decision service is a function of its inputs; its decisions are bound one after the other inside."""
        inputs = list(self._required(space, element.inputs))
        outputs = list(self._required(space, element.outputs))
        inner = [*self._required(space, element.encapsulated), *outputs]
        entries = [(self.variables[place], place) for place in self._sorted(inner)]
        bound = tuple(
            (target, self._definition(place[0], self.elements[place], target, self._type(place)).node)
            for target, place in entries
        )
        if len(outputs) == 1:
            result: ir.Node = self.variables[outputs[0]]
        else:
            result = ir.ContextOf(tuple((fresh(self.elements[o].name), self.variables[o]) for o in outputs))
        body = ir.ContextOf(bound, result)
        parameters = tuple(self.variables[place] for place in inputs)
        types = tuple(self._type(place) for place in inputs)
        declared = self.type_table(space).get(element.type_ref)
        answer = declared.result if declared.kind == "function" else declared
        node = ir.Lambda(element.name, parameters, types, body, None if answer in (None, ANY) else answer, shared=True)
        needed = {key for place in inner for key in self._needs(place)} - {p.key for p in parameters}
        knowledge = {self.variables[place].key for place, e in self.elements.items() if e.kind in ("bkm", "service")}
        return Definition(variable, node, "function", requires=tuple(sorted(needed & knowledge)))

    def _type(self, place: tuple[str, str]) -> Type:
        return self.type_table(place[0]).get(self.elements[place].type_ref)

    def _needs(self, place: tuple[str, str]) -> list[str]:
        return [self.variables[other].key for other in self._required(place[0], self.elements[place].requires)]

    def _sorted(self, places: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the places, each behind those it requires."""
        ordered: list[tuple[str, str]] = []
        visited: set[tuple[str, str]] = set()

        def visit(place: tuple[str, str]) -> None:
            if place in visited:
                return
            visited.add(place)
            for other in self._required(place[0], self.elements[place].requires):
                if other in places:
                    visit(other)
            ordered.append(place)

        for place in places:
            visit(place)
        return ordered


def _member_names(models: Iterable[model.Model]) -> Iterator[str]:
    """Yield every name that may follow a dot: components, context entries, output and relation columns."""
    for one in models:
        for item in one.items:
            yield from _component_names(item)
        for element in one.elements:
            yield element.name
            yield from _entry_names(element.logic)


def _component_names(item: model.Item) -> Iterator[str]:
    for part in item.components:
        yield part.name
        yield from _component_names(part)


def _entry_names(value: object) -> Iterator[str]:
    if isinstance(value, (model.Entry, model.Output)):
        yield value.name
    if isinstance(value, tuple):
        for item in value:
            yield from _entry_names(item)
    elif isinstance(value, (model.Boxed, model.Entry)):
        for name in type(value).__dataclass_fields__:
            yield from _entry_names(getattr(value, name))

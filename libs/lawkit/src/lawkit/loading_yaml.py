"""Reading YAML so that every value knows its line, and a key given twice is an error."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from json import dumps
from typing import cast

import yaml

from lawkit.errors import Fault, WrongFile
from lawkit.loading import Path


@dataclass(frozen=True, slots=True)
class Marked:
    """A YAML text: its content, and the node tree that knows the lines."""

    content: object
    root: yaml.Node

    @property
    def sections(self) -> Mapping[str, object]:
        """The groups of the file by name; empty when it is no mapping."""
        return cast(Mapping[str, object], self.content) if isinstance(self.content, dict) else {}

    @property
    def as_json(self) -> str:
        """The content as JSON text, as the twin has it."""
        return dumps(self.content, ensure_ascii=False, default=str)

    def wrong(self, name: str, faults: Sequence[Fault]) -> WrongFile:
        """The faults with their lines, as the error to raise."""
        return WrongFile(name, [replace(fault, line=self.line(fault.path)) for fault in faults])

    def line(self, path: Path) -> int:
        """The line (from 1) of the value at the path, or of the nearest one around it."""
        node = self.root
        line = node.start_mark.line + 1
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            node, line = below
        return line


def marked(text: bytes | str, name: str) -> Marked:
    """The text read as one document of plain YAML. Raises WrongFile: no YAML, or a key given twice."""
    loader = yaml.CSafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise WrongFile(name, [Fault("file", "nothing", "a mapping", 1)])
        twice = [Fault(key, "a key given twice", "it once", line) for key, line in _keys_given_twice(root)]
        if twice:
            raise WrongFile(name, twice)
        return Marked(loader.construct_document(root), root)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 0
        raise WrongFile(name, [Fault("file", error.problem or "no YAML", "YAML", at)]) from None
    finally:
        loader.dispose()


def _below(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        below: yaml.Node = node.value[step]
        return below, below.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return value, key.start_mark.line + 1
    return None


def _keys_given_twice(node: yaml.Node) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _keys_given_twice(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key.value, key.start_mark.line + 1
            seen.add(key.value)
            yield from _keys_given_twice(value)

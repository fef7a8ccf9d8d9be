"""YAML files that know on which line each thing stands, so that errors can say where to look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

import yaml
from pydantic import ValidationError

from perf_pipeline.domain.errors import ConfigurationError
from perf_pipeline.domain.faults import said_of, written_wrongly

# the same, written in C: it reads the shipped declarations several times as fast
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class LinedYaml:
    """A file's content, and the nodes that it was made of."""

    name: str
    content: object
    root: yaml.Node | None
    what: str = "台账声明"

    def place(self, *path: str | int) -> str:
        """Say where something stands, or what it should have stood in: a.yaml 第12行."""
        node, line = self.root, 1
        for step in (None, *path):
            node = node if step is None else _below(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        return f"{self.name} 第{line}行"

    def refusal(self, error: ValidationError) -> ConfigurationError:
        """Turn what pydantic says into an error that names file, line and field."""
        told = [
            f"{self.place(*each['loc'])}（{'.'.join(map(str, each['loc'])) or '整个文件'}）："
            f"{said_of(each)}"
            for each in error.errors()
        ]
        return ConfigurationError(f"{self.what} {self.name} 无效：{'；'.join(told)}")


def read_yaml(file: Traversable, what: str = "台账声明") -> LinedYaml:
    """Read a YAML file; raises ConfigurationError, with the line, when it is none."""
    try:
        written = file.read_text("utf-8")
        loader = _LOADER(written)
        root = loader.get_single_node()
        known = loader.construct_document(root) if root else None
        return LinedYaml(file.name, known, root, what)
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{what} {file.name} {written_wrongly(error)}") from error


def _below(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        items: Sequence[yaml.Node] = node.value
        return items[step] if step < len(items) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None

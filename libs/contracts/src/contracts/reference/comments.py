"""Comments of the protos by full name. The generated Python code has none, the image has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto, FileDescriptorSet

# Numbers of the fields that a path of SourceCodeInfo is made of (descriptor.proto).
_MESSAGE, _ENUM, _SERVICE, _SYNTAX = 4, 5, 6, 12
_FIELD, _NESTED, _NESTED_ENUM = 2, 3, 4
_VALUE, _METHOD = 2, 2
_OURS = "corrections/"


@dataclass(frozen=True)
class Comments:
    """Leading comment of every message, field, enum, value, service and method; of a file by its path."""

    texts: Mapping[str, str]

    @classmethod
    def of(cls, image: bytes) -> Comments:
        """Comments of an image's own files."""
        files = FileDescriptorSet.FromString(image).file
        return cls(
            {name: text for file in files if file.name.startswith(_OURS) for name, text in _of_file(file)}
        )

    def __getitem__(self, full_name: str) -> str:
        return self.texts.get(full_name, "")

    def sentence(self, full_name: str) -> str:
        """What the comment says of the thing, without its name at the beginning."""
        text, name = self[full_name], full_name.rpartition(".")[2]
        return text.removeprefix(f"{name}: ").removeprefix(f"{name} ")


def _of_file(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    names = dict(_names(file))
    for location in file.source_code_info.location:
        name = names.get(tuple(location.path))
        if name and location.leading_comments:
            yield name, " ".join(line.strip() for line in location.leading_comments.strip().splitlines())


def _names(file: FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    yield (_SYNTAX,), file.name
    for i, message in enumerate(file.message_type):
        yield from _of_message(message, (_MESSAGE, i), f"{file.package}.{message.name}")
    for i, enum in enumerate(file.enum_type):
        yield (_ENUM, i), f"{file.package}.{enum.name}"
        for j, value in enumerate(enum.value):
            yield (_ENUM, i, _VALUE, j), f"{file.package}.{enum.name}.{value.name}"
    for i, service in enumerate(file.service):
        yield (_SERVICE, i), f"{file.package}.{service.name}"
        for j, method in enumerate(service.method):
            yield (_SERVICE, i, _METHOD, j), f"{file.package}.{service.name}.{method.name}"


def _of_message(
    message: DescriptorProto, path: tuple[int, ...], name: str
) -> Iterator[tuple[tuple[int, ...], str]]:
    yield path, name
    for i, field in enumerate(message.field):
        yield (*path, _FIELD, i), f"{name}.{field.name}"
    for i, nested in enumerate(message.nested_type):
        yield from _of_message(nested, (*path, _NESTED, i), f"{name}.{nested.name}")
    for i, enum in enumerate(message.enum_type):
        yield (*path, _NESTED_ENUM, i), f"{name}.{enum.name}"

"""What the contracts say about themselves: events with title, law and rule; methods with their callers.

Everything is read once from the protobuf descriptors, so the catalogue, the timeline, documents and access control
cannot disagree with what is stored and published (architecture.md section 1).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import corrections
from corrections.options.v1 import options_pb2
from google.protobuf import symbol_database
from google.protobuf.descriptor import Descriptor, FileDescriptor
from google.protobuf.message import Message

if TYPE_CHECKING:
    from google._upb._message import FieldDescriptor as UpbFieldDescriptor
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.descriptor_pb2 import FieldOptions, MessageOptions, MethodOptions
    from google.protobuf.internal.extension_dict import (
        _ExtensionFieldDescriptor,  # pyright: ignore[reportPrivateUsage]
    )

# protoc's stubs call an extension a plain field
_EVENT = cast("_ExtensionFieldDescriptor[MessageOptions, options_pb2.EventOptions]", options_pb2.event)
_ACCESS = cast("_ExtensionFieldDescriptor[MethodOptions, options_pb2.AccessOptions]", options_pb2.access)
_PII = cast("_ExtensionFieldDescriptor[FieldOptions, bool]", options_pb2.pii)


class UnknownType(LookupError):
    """The contracts have no such event or request type."""


@dataclass(frozen=True, slots=True)
class EventType:
    """What the contract says of one event: class, Chinese title, articles, rule id."""

    message: type[Message]
    title_zh: str
    law: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC: full path, request and response class, roles that may call it; `reads`: what of persons' records it shows."""

    path: str
    request: type[Message]
    response: type[Message]
    roles: frozenset[str]
    purpose: bool
    server_streaming: bool
    reads: str = ""


@cache
def _files() -> tuple[FileDescriptor, ...]:
    names = [m.name for m in pkgutil.walk_packages(corrections.__path__, "corrections.")]
    modules = [importlib.import_module(n) for n in names if n.endswith("_pb2")]
    return tuple(m.DESCRIPTOR for m in modules)


def _class(descriptor: Descriptor) -> type[Message]:
    return symbol_database.Default().GetSymbol(descriptor.full_name)


@cache
def events() -> Mapping[str, EventType]:
    """Every domain event by its full protobuf name."""
    found: dict[str, EventType] = {}
    for file in _files():
        for descriptor in file.message_types_by_name.values():
            if descriptor.GetOptions().HasExtension(_EVENT):
                event = descriptor.GetOptions().Extensions[_EVENT]
                found[descriptor.full_name] = EventType(
                    _class(descriptor), event.title_zh, tuple(event.law), event.rule
                )
    return MappingProxyType(dict(sorted(found.items())))


@cache
def event_types() -> Mapping[str, type[Message]]:
    """Class of every domain event by its full protobuf name."""
    return MappingProxyType({name: e.message for name, e in events().items()})


@cache
def methods() -> Mapping[str, Method]:
    """Every RPC by its path, for example "/corrections.intake.v1.IntakeService/OpenCase"."""
    found: dict[str, Method] = {}
    for file in _files():
        for service in file.services_by_name.values():
            for method in service.methods:
                access = method.GetOptions().Extensions[_ACCESS]
                path = f"/{service.full_name}/{method.name}"
                found[path] = Method(
                    path,
                    _class(method.input_type),
                    _class(method.output_type),
                    frozenset(access.roles),
                    access.purpose,
                    method.server_streaming,
                    access.reads,
                )
    return MappingProxyType(found)


@cache
def _method_by_request() -> Mapping[str, str]:
    return {m.request.DESCRIPTOR.full_name: m.path for m in methods().values()}


def method_of(request: type[Message]) -> str:
    """Path of the one RPC that takes this request; UnknownType when none does."""
    name = request.DESCRIPTOR.full_name
    try:
        return _method_by_request()[name]
    except KeyError:
        raise UnknownType(f"no RPC takes {name}") from None


def _event(type_name: str) -> EventType:
    try:
        return events()[type_name]
    except KeyError:
        raise UnknownType(f"{type_name} is no event of the contracts") from None


def is_event(type_name: str) -> bool:
    """True when the full protobuf name is that of a domain event."""
    return type_name in events()


def title_zh(type_name: str) -> str:
    """Chinese title of an event type; UnknownType when it is none."""
    return _event(type_name).title_zh


def law(type_name: str) -> tuple[str, ...]:
    """Articles that an event type rests on; UnknownType when it is none."""
    return _event(type_name).law


def rule(type_name: str) -> str:
    """Rule id that an event type rests on; UnknownType when it is none."""
    return _event(type_name).rule


def access(path: str) -> Method:
    """The RPC at a path, with the roles that may call it; UnknownType when there is none."""
    try:
        return methods()[path]
    except KeyError:
        raise UnknownType(f"no RPC at {path}") from None


def personal(field: FieldDescriptor | UpbFieldDescriptor) -> bool:
    """True when a field is about a person's identity."""
    return bool(field.GetOptions().Extensions[_PII])

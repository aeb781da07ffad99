"""The RPCs with their callers and request fields: docs/reference/rpcs.md."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from buf.validate import validate_pb2
from google.protobuf import text_format

from contracts import registry
from contracts.reference.comments import Comments
from contracts.reference.markdown import GENERATED, short, table, type_of

if TYPE_CHECKING:
    from google._upb._message import FieldDescriptor as UpbFieldDescriptor
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.descriptor_pb2 import FieldOptions
    from google.protobuf.internal.extension_dict import (
        _ExtensionFieldDescriptor,  # pyright: ignore[reportPrivateUsage]
    )

# protoc's stubs call an extension a plain field
_RULES = cast("_ExtensionFieldDescriptor[FieldOptions, validate_pb2.FieldRules]", validate_pb2.field)

_HEAD = """# RPCs

Every call that a service answers, who may call it, and what a request must hold. A method that reads a person's data
demands a purpose: metadata key `guitu-purpose` with a code of letters, parts joined by `/`, `.` or `-`, at most 64
characters: `entry/verify-identity`. It stands in the clear in events; a name or number of a person has no place in it, a
reason goes into its own sealed field. A role that is not listed is answered `PERMISSION_DENIED`; a case outside the caller's territory `NOT_FOUND`. `request_id` makes a write repeatable: the same id has one effect and the
same answer for ever. Refusals: [errors](errors.md).

"""


def page(comments: Comments) -> str:
    """All RPCs as one page, by service."""
    by_service: dict[str, list[registry.Method]] = {}
    for path, method in registry.methods().items():
        by_service.setdefault(path.split("/")[1], []).append(method)
    parts = [GENERATED, _HEAD]
    for service, methods in sorted(by_service.items()):
        parts.append(f"## {short(service)}\n\n{comments.sentence(service)}\n\n")
        parts += [_method(comments, service, method) for method in methods]
    return "".join(parts).rstrip("\n") + "\n"


def _method(comments: Comments, service: str, method: registry.Method) -> str:
    name = method.path.rpartition("/")[2]
    about = [", ".join(sorted(method.roles))]
    about += ["with purpose"] if method.purpose else []
    about += ["answers a stream"] if method.server_streaming else []
    request = method.request.DESCRIPTOR
    fields = [
        [
            f"`{field.name}`",
            type_of(field) + (" *personal*" if registry.personal(field) else ""),
            _rules(field),
            comments.sentence(f"{request.full_name}.{field.name}"),
        ]
        for field in request.fields
    ]
    said = comments.sentence(f"{service}.{name}")
    said = said[:1].upper() + said[1:]
    answer = short(method.response.DESCRIPTOR.full_name)
    head = f"### {name}\n\n{said}\n\nCallers: {' · '.join(about)}. Answers `{answer}`.\n\n"
    return head + (table(["Field", "Type", "Rules", "Meaning"], fields) + "\n" if fields else "")


def _rules(field: FieldDescriptor | UpbFieldDescriptor) -> str:
    options = field.GetOptions()
    if not options.HasExtension(_RULES):
        return ""
    rules = options.Extensions[_RULES]
    said = text_format.MessageToString(rules, as_one_line=True).strip()
    return f"`{said}`"

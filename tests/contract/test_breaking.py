"""What was released stays readable; what breaks it names who would be hurt (G28)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from contracts.breaking import check
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorSet

ROOT = Path(__file__).parents[2]
RELEASED = ROOT / "tests" / "golden" / "contracts.binpb"
INTAKE_EVENTS = "corrections/intake/v1/events.proto"


def changed(folder: Path, change: Callable[[DescriptorProto], object], message: str = "CaseOpened") -> Path:
    """A copy of the released contracts with one message of intake's events changed."""
    files = FileDescriptorSet.FromString(RELEASED.read_bytes())
    (file,) = [f for f in files.file if f.name == INTAKE_EVENTS]
    (found,) = [m for m in file.message_type if m.name == message]
    change(found)
    copy = folder / "changed.binpb"
    copy.write_bytes(files.SerializeToString())
    return copy


def without_county(message: DescriptorProto) -> None:
    (at,) = [i for i, field in enumerate(message.field) if field.name == "county"]
    del message.field[at]


def with_number_for_county(message: DescriptorProto) -> None:
    (county,) = [field for field in message.field if field.name == "county"]
    county.type = county.TYPE_INT32


def with_one_more_field(message: DescriptorProto) -> None:
    message.field.add(
        name="later",
        number=900,
        type=FieldDescriptorProto.TYPE_STRING,
        label=FieldDescriptorProto.LABEL_OPTIONAL,
        json_name="later",
    )


@pytest.mark.parametrize("change", [without_county, with_number_for_county])
def test_breaking_change_names_the_consumer(tmp_path: Path, change: Callable[[DescriptorProto], object]):
    verdict = check(changed(tmp_path, change), RELEASED, ROOT)
    said = "\n".join(verdict.complaints)
    assert verdict.code == 100, said
    assert "intake.CaseOpened is read by" in said
    assert "education (following-intake)" in said
    assert "assistance (following-intake)" in said


def test_a_new_field_breaks_nobody(tmp_path: Path):
    assert check(changed(tmp_path, with_one_more_field), RELEASED, ROOT).complaints == ()

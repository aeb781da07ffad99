"""The words by which the rule catalogue names the values of an enum: said once, in the contract.

A value without the option `word` is named by its own name without the enum's prefix: PENALTY_FIXED_TERM is FIXED_TERM.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from corrections.options.v1 import options_pb2
from google.protobuf.descriptor import EnumDescriptor

if TYPE_CHECKING:
    from google.protobuf.descriptor_pb2 import EnumValueOptions
    from google.protobuf.internal.extension_dict import (
        _ExtensionFieldDescriptor,  # pyright: ignore[reportPrivateUsage]
    )


_WORD = cast("_ExtensionFieldDescriptor[EnumValueOptions, str]", options_pb2.word)


class Enum(Protocol):
    """A generated enum."""

    @property
    def DESCRIPTOR(self) -> EnumDescriptor:
        """Its description."""
        ...


def word_of(enum: Enum, value: int) -> str:
    """The catalogue's word for the value; empty for the one that means nothing given, and for no value at all."""
    return _words(enum.DESCRIPTOR).get(value, "")


def name_of(enum: Enum, word: str) -> str:
    """The name of the value that the word names. Raises KeyError for a word that the enum does not have."""
    values = {known: value for value, known in _words(enum.DESCRIPTOR).items()}
    return enum.DESCRIPTOR.values_by_number[values[word]].name


def words_of(enum: Enum) -> tuple[str, ...]:
    """Every word of the enum, in its order."""
    return tuple(_words(enum.DESCRIPTOR).values())


@cache
def _words(enum: EnumDescriptor) -> dict[int, str]:
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    return {
        value.number: value.GetOptions().Extensions[_WORD] or value.name.removeprefix(prefix)
        for value in enum.values
        if value.number
    }

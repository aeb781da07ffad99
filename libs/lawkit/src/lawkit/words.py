"""The closed lists of words of rules.yaml (its `meta.keys`), shared by the records. A word outside does not load."""

from typing import Annotated, Literal, cast

from pydantic import BeforeValidator, ConfigDict, Field

# a field that the record does not know is a misspelling, never ignored
CLOSED = ConfigDict(extra="forbid")

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([.-][a-z0-9]+)+$")]
Code = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9_-]*$")]
Text = Annotated[str, Field(min_length=1)]


def _as_tuple(value: object) -> object:
    if value is None:
        return ()
    return tuple(cast(list[object], value)) if isinstance(value, list) else value


# the file writes null where every value of the kind is one
Options = Annotated[
    tuple[object, ...],
    BeforeValidator(_as_tuple, json_schema_input_type=tuple[object, ...] | None),
]
Length = Annotated[int, Field(ge=1)]

RuleType = Literal[
    "approval",
    "competence",
    "convention",
    "copy",
    "counting",
    "deadline",
    "definition",
    "document",
    "duty",
    "ground",
    "interval",
    "liability",
    "local",
    "prohibition",
    "right",
    "threshold",
]
Unit = Literal["day", "working_day", "month", "hour"]
Bound = Literal["at_least", "at_most", "every", "exactly", "less_than", "more_than", "window_before_end"]
Timing = Literal["immediate", "prompt", "agreed", "set_by_notice", "none"]
FirstDay = Literal["excluded", "included", "not_applicable"]
HolidayRoll = Literal["setting", "never", "not_applicable"]
Binding = Literal["national", "guidance", "local", "convention"]
Verification = Literal["shared_text", "public_copy", "catalogue", "recalled", "seed", "convention"]
SettingKind = Literal["bool", "choice", "days", "list", "months", "object", "working_days", "years"]
SourceStatus = Literal[
    "in_force",
    "listed_in_force_old",
    "guidance",
    "local_policy",
    "local_policy_before_the_law",
    "convention",
    "repealed",
    "superseded",
]

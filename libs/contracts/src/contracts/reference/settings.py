"""The environment variables: docs/reference/settings.md."""

from __future__ import annotations

import inspect
import re
from typing import Any

from contracts.reference.code import module
from contracts.reference.markdown import GENERATED, table

_HEAD = """# Settings

Every setting is an environment variable. Each process of a service reads its own once at start; one that is missing or
wrong ends it with exit code 2 and one sentence that names the variable, its rule and the remedy. `guitu up` sets all
variables of the processes that it starts.

"""
_STACK = (
    (
        "GUITU_HOME",
        "`.guitu`",
        "data folder: servers, certificates, keys, logs; nothing is written outside it",
    ),
    (
        "GUITU_INSTALLATION",
        "as in `deploy/topology.yaml`",
        "name of the installation; ids and identities hold it",
    ),
    ("GUITU_BASE_PORT", "as in `deploy/topology.yaml`", "first port; each service adds its offset"),
    (
        "GUITU_POSTGRES",
        "an embedded server",
        "connection string of an existing PostgreSQL, without a database",
    ),
    ("GUITU_KAFKA", "an embedded broker", "existing brokers, `host:port,host:port`"),
    ("GUITU_JARS", "in the virtual environment", "folder of the embedded broker's jars"),
    ("GUITU_LANG", "the locale", "`zh` or `en`: language of `guitu`"),
    ("JAVA_HOME", "`java` on the path, else the JRE of a wheel", "Java for the embedded broker"),
)


def page() -> str:
    """All variables as one page."""
    settings = module("servicekit.settings")
    fields: dict[str, Any] = settings.Settings.model_fields
    rows = [[f"`{_variable(n, f)}`", _default(f), f.description or ""] for n, f in fields.items()]
    limits: dict[str, Any] = settings.Limits.model_fields
    meanings = _comments(settings.Limits)
    bounds = [[f"`{n}`", str(f.default), meanings.get(n, "")] for n, f in limits.items()]
    return "".join(
        [
            GENERATED,
            _HEAD,
            "## `guitu`, `make up`, `make demo`\n\n",
            table(["Variable", "Default", "Meaning"], [[f"`{n}`", d, m] for n, d, m in _STACK]),
            "\n## Processes of a service\n\n",
            table(["Variable", "Default", "Meaning"], rows),
            "\n## Keys of `GUITU_LIMITS`\n\n",
            table(["Key", "Default", "Meaning"], bounds),
        ]
    )


def _variable(name: str, field: Any) -> str:
    choices = getattr(field.validation_alias, "choices", None)
    return choices[0] if choices else f"GUITU_{name.upper()}"


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return (
        "" if value is None or isinstance(value, dict) or not isinstance(value, str | int) else f"`{value}`"
    )


def _comments(kind: type[Any]) -> dict[str, str]:
    """The comment above each field of a class."""
    found = re.findall(r"# (.+)\n\s+(\w+):", inspect.getsource(kind))
    return {name: text for text, name in found}

"""`python -m lawkit.compile` checks rules.yaml and writes its twin rules.json and its schema rules.schema.json.

Decision: people edit YAML, services load JSON. CSafeLoader needs 0.4 to 1.5 s for the catalogue, the json
module about 10 ms. The twin is committed, one record a line so that a diff shows which rule was touched,
and names the SHA-256 of the YAML it came from: loading refuses a twin of another text, and a test compiles
anew and compares. That digest is the identity of the law: it stands in the metadata of every event.
A catalogue that is wrong or contradicts itself is not compiled: each fault is printed with line and field.
"""

import json
import sys
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from lawkit.errors import WrongFile
from lawkit.loading import schema
from lawkit.loading_file import checked
from lawkit.loading_yaml import marked


def compiled(source: bytes) -> str:
    """The JSON twin of the YAML text: its digest first, then one record a line. Raises WrongFile."""
    file = marked(source, "rules.yaml")
    checked(file, "rules.yaml")
    sections = [f'"{name}": {_section(body)}' for name, body in file.sections.items()]
    digest = sha256(source).hexdigest()
    return f'{{"yaml_sha256": "{digest}",\n"law": {{\n' + ",\n".join(sections) + "\n}}\n"


def schema_text() -> str:
    """The JSON schema of rules.yaml as it is kept."""
    return json.dumps(schema(), ensure_ascii=False, indent=1) + "\n"


def _section(body: object) -> str:
    if isinstance(body, list):
        return "[\n" + ",\n".join(_line(entry) for entry in body) + "\n]"
    return _line(body)


def _line(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


def main() -> int:
    """Leave a current rules.json and rules.schema.json beside rules.yaml; 1 when the catalogue is wrong."""
    folder = Path(str(files("lawkit") / "data"))
    try:
        twin = compiled((folder / "rules.yaml").read_bytes())
    except WrongFile as error:
        sys.stderr.write(f"{error}\n")
        return 1
    (folder / "rules.json").write_text(twin, encoding="utf-8")
    (folder / "rules.schema.json").write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

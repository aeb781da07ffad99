"""`python -m lawkit.compile` writes rules.json from rules.yaml.

Decision: people edit YAML, services load JSON. CSafeLoader needs 0.4 to 1.5 s for the catalogue, the json
module about 10 ms. The twin is committed, one record a line so that a diff shows which rule was touched,
and names the SHA-256 of the YAML it came from: loading refuses a twin of another text, and a test compiles
anew and compares. That digest is the identity of the law: it stands in the metadata of every event.
"""

import json
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import yaml


def compiled(source: bytes) -> str:
    """The JSON twin of the YAML text: its digest first, then one record a line."""
    catalogue = yaml.load(source, Loader=yaml.CSafeLoader)
    sections = [f'"{name}": {_section(body)}' for name, body in catalogue.items()]
    digest = sha256(source).hexdigest()
    return f'{{"yaml_sha256": "{digest}",\n"law": {{\n' + ",\n".join(sections) + "\n}}\n"


def _section(body: object) -> str:
    if isinstance(body, list):
        return "[\n" + ",\n".join(_line(entry) for entry in body) + "\n]"
    return _line(body)


def _line(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


def main() -> None:
    """Leave a current rules.json beside rules.yaml."""
    folder = Path(str(files("lawkit") / "data"))
    (folder / "rules.json").write_text(compiled((folder / "rules.yaml").read_bytes()), encoding="utf-8")


if __name__ == "__main__":
    main()

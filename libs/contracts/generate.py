"""Generate the Python code of the contracts (`make gen`), or their image for buf: `generate.py image FILE`.

The validation rules' proto is not shipped as a file: its descriptor is written out of the protovalidate wheel and
handed to protoc, which then generates Google-style code for it (stack.md section 7).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, duration_pb2, timestamp_pb2
from google.protobuf import field_mask_pb2 as _field_mask
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

ROOT = Path(__file__).resolve().parents[2]
PROTOS = ROOT / "protos"
OUT = Path(__file__).resolve().parent / "src"
WELL_KNOWN = (descriptor_pb2, duration_pb2, timestamp_pb2, _field_mask)


def descriptor_set(path: Path) -> None:
    """`path` holds the descriptors of buf/validate and of the Google files that it imports."""
    files = descriptor_pb2.FileDescriptorSet()
    pool = descriptor_pool.Default()
    for name in [m.DESCRIPTOR.name for m in WELL_KNOWN]:
        pool.FindFileByName(name).CopyToProto(files.file.add())
    files.file.add().ParseFromString(validate_pb._DESC.proto.to_binary())  # pyright: ignore[reportPrivateUsage]
    path.write_bytes(files.SerializeToString())


def image(path: Path) -> int:
    """`path` holds all contracts with their comments, as buf lint and buf breaking read them; protoc's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        described = Path(folder) / "validate.binpb"
        descriptor_set(described)
        return protoc.main(
            [
                "protoc",
                f"--proto_path={PROTOS}",
                f"--descriptor_set_in={described}",
                f"--descriptor_set_out={path}",
                "--include_imports",
                "--include_source_info",
                *sources(),
            ]
        )


def sources() -> list[str]:
    """Our proto files, relative to protos/."""
    return sorted(str(p.relative_to(PROTOS)) for p in PROTOS.glob("corrections/**/*.proto"))


def main() -> int:
    """Generated packages under src are exactly those of the protos; returns protoc's exit code."""
    for package in ("corrections", "buf"):
        shutil.rmtree(OUT / package, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        described = Path(folder) / "validate.binpb"
        descriptor_set(described)
        include = Path(protoc.__file__).parent / "_proto"
        common = [
            "protoc",
            f"--proto_path={PROTOS}",
            f"--proto_path={include}",
            f"--descriptor_set_in={described}",
            f"--python_out={OUT}",
            f"--pyi_out={OUT}",
        ]
        code = protoc.main([*common, "buf/validate/validate.proto"])
        code = code or protoc.main(
            [
                *common,
                f"--grpc_python_out={OUT}",
                f"--plugin=protoc-gen-mypy_grpc={Path(sys.executable).parent / 'protoc-gen-mypy_grpc'}",
                f"--mypy_grpc_out={OUT}",
                *sources(),
            ]
        )
    for folder in {p.parent for p in OUT.glob("corrections/**/*.py")} | {OUT / "buf" / "validate"}:
        for level in (folder, *folder.relative_to(OUT).parents):
            place = OUT / level if not Path(level).is_absolute() else Path(level)
            if place != OUT and OUT in place.parents:
                (place / "__init__.py").touch()
                (place / "py.typed").touch()
    for stub in OUT.glob("corrections/**/*_pb2_grpc.py"):
        if "Stub" not in stub.read_text():
            stub.unlink()
            stub.with_suffix(".pyi").unlink(missing_ok=True)
    return code


if __name__ == "__main__":
    sys.exit(image(Path(sys.argv[2])) if sys.argv[1:2] == ["image"] else main())

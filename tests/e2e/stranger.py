"""What a stranger does: push a judgment and read its receipts with nothing but the protos, gRPC and Ed25519.

    python -m grpc_tools.protoc -I protos --descriptor_set_in=validate.binpb --python_out=out --grpc_python_out=out ...
    PYTHONPATH=out python stranger.py HOST:PORT TLS_FOLDER SIGNING_KEY AGENCY KEY_ID MESSAGE_ID

1. Generate code from protos/ (test_client_from_protos.py shows the whole command). The validation rules' proto is
   Buf's, from the protovalidate package.
2. Get a certificate and a signing key: `guitu agency new CODE` names both files. The certificate says who calls; the
   key says who wrote the message.
3. Serialise the body once. Sign "guitu-signed-v1\\n" + full type name + "\\n" + those bytes with Ed25519.
4. Call Submit with type, bytes and signature. Each receipt of the answer is a Signed in its turn, by handoff's key.

Prints what the receipts say as JSON. No code of this project is imported but what protoc made.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import grpc
from corrections.common.v1 import common_pb2 as common
from corrections.common.v1 import facts_pb2 as facts
from corrections.handoff.v1 import messages_pb2 as messages
from corrections.handoff.v1 import service_pb2 as service
from corrections.handoff.v1 import service_pb2_grpc as rpc
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def main(target: str, tls: Path, signing_key: Path, agency: str, key_id: str, message_id: str) -> None:
    """The judgment is pushed; its receipts stand on standard output."""
    key = load_pem_private_key(signing_key.read_bytes(), None)
    body = _judgment(agency, message_id)
    kind, content = messages.Judgment.DESCRIPTOR.full_name, body.SerializeToString()
    value = key.sign(b"guitu-signed-v1\n" + kind.encode() + b"\n" + content)  # pyright: ignore
    signature = common.Signature(key_id=key_id, algorithm="Ed25519", value=value)
    signed = common.Signed(type=kind, body=content, signatures=[signature])
    credentials = grpc.ssl_channel_credentials(
        *((tls / name).read_bytes() for name in ("ca.crt", "tls.key", "tls.crt"))
    )
    with grpc.secure_channel(target, credentials) as channel:
        handoff = rpc.HandoffServiceStub(channel)
        request = service.SubmitRequest(request_id=f"stranger/{message_id}", message=signed)
        submitted = handoff.Submit(request, timeout=30)
        read = handoff.GetReceipts(service.GetReceiptsRequest(message_id=message_id), timeout=30)
    found = {
        "exchange_id": submitted.exchange_id,
        "submitted": [_stage(one) for one in submitted.receipts],
        "read": [_stage(one) for one in read.receipts],
        "contracts": messages.__file__,
    }
    print(json.dumps(found))


def _judgment(agency: str, message_id: str) -> messages.Judgment:
    return messages.Judgment(
        message_id=message_id,
        organ_code=agency,
        case_number="（2026）浙0203刑初9001号",
        decision_date="2026-02-10",
        defendants=[
            messages.Defendant(
                number=1,
                name="李某乙",
                sex=facts.SEX_FEMALE,
                charges=["盗窃罪"],
                penalty=facts.PENALTY_DETENTION,
                sentence=facts.Period(months=4),
                kind=facts.SUBJECT_KIND_PROBATION,
                probation=facts.Period(months=6),
                effective_date="2026-02-25",
                execution_county="330203",
            )
        ],
    )


def _stage(signed: common.Signed) -> str:
    return messages.Stage.Name(messages.Receipt.FromString(signed.body).stage)


if __name__ == "__main__":
    host, tls_folder, key_file, *names = sys.argv[1:]
    main(host, Path(tls_folder), Path(key_file), *names)

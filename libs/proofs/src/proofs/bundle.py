"""Case bundles: writing `guitu-bundle-v3` (docs/reference/bundle.md).

Reading and verifying is in `proofs.verify`.
"""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from proofs.verify import (
    BUNDLE_FORMAT,
    Bucket,
    Bundle,
    BundleEvent,
    BundleLog,
    BundleStream,
    CaseStreams,
    Finding,
    Report,
    Unreadable,
    encode_base64,
    parse_bundle,
    verify_bundle,
)

__all__ = [
    "BUNDLE_FORMAT",
    "Bucket",
    "Bundle",
    "BundleEvent",
    "BundleLog",
    "BundleStream",
    "CaseStreams",
    "Finding",
    "Report",
    "Unreadable",
    "build_bundle",
    "parse_bundle",
    "verify_bundle",
    "write_bundle",
]


def _event(event: BundleEvent) -> dict[str, object]:
    return {
        "seq": event.seq,
        "version": event.version,
        "meta": encode_base64(event.meta),
        "data": encode_base64(event.data),
        "inclusion": [encode_base64(value) for value in event.inclusion],
    }


def _bucket(bucket: Bucket) -> dict[str, object]:
    return {
        "bucket": bucket.index,
        "records": encode_base64(bucket.records),
        "inclusion": [encode_base64(value) for value in bucket.inclusion],
    }


def _log(log: BundleLog) -> dict[str, object]:
    streams = [
        {"stream_id": str(s.stream_id), "events": [_event(event) for event in s.events]} for s in log.streams
    ]
    return {
        "service": log.service,
        "checkpoint": log.checkpoint,
        "subject": {**_bucket(log.named.bucket), "streams": [str(one) for one in log.named.streams]},
        "heads": [_bucket(bucket) for bucket in log.heads],
        "streams": streams,
    }


def write_bundle(bundle: Bundle) -> bytes:
    """The bundle's bytes exactly in the order given; `build_bundle` is the usual way."""
    fields = {
        "format": BUNDLE_FORMAT,
        "installation": bundle.installation,
        "case_id": str(bundle.case_id),
        "made_at": bundle.made_at,
        "logs": [_log(log) for log in bundle.logs],
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _stream_sorted(stream: BundleStream) -> BundleStream:
    events = sorted(stream.events, key=lambda event: event.version)
    return BundleStream(stream.stream_id, tuple(events))


def _log_sorted(log: BundleLog) -> BundleLog:
    streams = sorted(log.streams, key=lambda stream: stream.stream_id.bytes)
    heads = sorted(log.heads, key=lambda bucket: bucket.index)
    return BundleLog(
        log.service, log.checkpoint, log.named, tuple(heads), tuple(map(_stream_sorted, streams))
    )


def build_bundle(
    installation: str, case_id: uuid.UUID, *, made_at: datetime, logs: Sequence[BundleLog]
) -> bytes:
    """The bundle as UTF-8 JSON; the same parts give the same bytes.

    Logs stand by service, buckets by number, streams by id, events by version. `made_at` is aware; it is written in UTC to the
    second. What it holds is not looked at: `verify_bundle`.
    """
    instant = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ordered = sorted(logs, key=lambda log: log.service)
    return write_bundle(Bundle(installation, case_id, instant, tuple(map(_log_sorted, ordered))))

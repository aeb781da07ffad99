"""Answers of supervision's questions, in the words of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from corrections.common.v1.common_pb2 import Moment
from corrections.supervision.v1 import service_pb2 as pb
from eventcore.reads import Read
from eventcore.texts import texts_of

from supervision.domain.state import Supervision
from supervision.queries import Row


def conduct(known: pb.Conduct, read: Read[Supervision]) -> pb.GetConductResponse:
    """A case's supervision on the day that was read, with the version of the stream that it was read from."""
    answer = pb.GetConductResponse(conduct=known, texts=texts_of(read.events))
    answer.conduct.version = read.version
    return answer


def missing(rows: Sequence[Row], next_page_token: str, at: Moment) -> pb.ListMissingResponse:
    """A page of the list of open searches."""
    answer = pb.ListMissingResponse(next_page_token=next_page_token, at=at)
    for row in rows:
        one = answer.missing.add(case_id=str(row.case_id), police_requested=row.police_requested)
        one.since.FromDatetime(row.since)
    return answer

"""Answers of supervision's questions, in the words of the contract."""

from __future__ import annotations

from collections.abc import Sequence

from corrections.supervision.v1 import service_pb2 as pb

from supervision.queries import Row


def conduct(version: int, known: pb.Conduct) -> pb.GetConductResponse:
    """A case's supervision, with the version of the stream that it was read from."""
    answer = pb.GetConductResponse(conduct=known)
    answer.conduct.version = version
    return answer


def missing(rows: Sequence[Row], next_page_token: str) -> pb.ListMissingResponse:
    """A page of the list of open searches."""
    answer = pb.ListMissingResponse(next_page_token=next_page_token)
    for row in rows:
        one = answer.missing.add(case_id=str(row.case_id), police_requested=row.police_requested)
        one.since.FromDatetime(row.since)
    return answer

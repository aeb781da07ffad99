"""Ids are derived, and the fast way gives what the standard library gives."""

from uuid import NAMESPACE_DNS, UUID, uuid5

from eventcore import ids
from hypothesis import given
from hypothesis import strategies as st


@given(st.uuids(), st.integers(1, 2**40))
def test_an_event_id_is_uuid5_of_stream_and_version(stream: UUID, version: int) -> None:
    assert ids.event_id(stream, version) == uuid5(stream, str(version))


def test_a_stream_id_names_installation_service_category_and_key() -> None:
    expected = uuid5(uuid5(NAMESPACE_DNS, "guitu-dev"), "intake/case/7")
    assert ids.stream_id("guitu-dev", "intake", "case", "7") == expected


def test_lists_of_parts_never_meet() -> None:
    assert ids.derived("i", "ab", "c") != ids.derived("i", "a", "bc")
    assert ids.request_id("i", "actor", "m", "r") != ids.request_id("i", "actor", "mr", "")

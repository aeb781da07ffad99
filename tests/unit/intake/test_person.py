"""What is known of a person. 个人信息保护法 第二十八条."""

from __future__ import annotations

from corrections.common.v1.common_pb2 import Sealed
from corrections.intake.v1 import events_pb2 as ev
from eventcore.testing import given
from intake.domain.person import PERSON
from intake.domain.state import Stated
from intake.testing import SEALED


def test_the_newest_details_of_a_person_are_shown():
    newer = Sealed(key_id=SEALED.key_id, nonce=SEALED.nonce, ciphertext=b"newer")
    person = given(PERSON, ev.PersonRegistered(name=SEALED, identity_number=SEALED, phone=SEALED))
    moved = person.given(ev.PersonNoted(address=newer, phone=newer))
    first, then = Stated(ev.PersonRegistered, SEALED), Stated(ev.PersonNoted, newer)
    assert dict(moved.state.identity) == {
        "name": first, "identity_number": first, "address": then, "phone": then,
    }  # fmt: skip


def test_what_earlier_releases_wrote_of_reads_changes_nothing_about_the_person():
    person = given(PERSON, ev.PersonRegistered(name=SEALED, phone=SEALED))
    read = person.given(ev.PersonRead(fields=["name"])).given(ev.TextsRead(case_id="c", fields=["f"]))
    assert read.state == person.state

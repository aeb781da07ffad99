"""Reading a person's identity. 个人信息保护法 第二十八条."""

from __future__ import annotations

from corrections.common.v1.common_pb2 import Sealed
from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.testing import given, scenario
from intake.domain.person import PERSON
from intake.domain.state import Stated
from intake.testing import PERSON_ID, SEALED

READ = cmd.GetPersonRequest(request_id="r", person_id=PERSON_ID)


def test_each_read_of_a_person_is_recorded_with_the_fields_shown():
    person = given(PERSON, ev.PersonRegistered(name=SEALED, phone=SEALED))
    person.when(READ).then(ev.PersonRead(fields=["name", "phone"]))
    person.given(ev.PersonRead(fields=["name"])).when(READ).then(ev.PersonRead(fields=["name", "phone"]))


def test_the_newest_details_of_a_person_are_shown():
    newer = Sealed(key_id=SEALED.key_id, nonce=SEALED.nonce, ciphertext=b"newer")
    person = given(PERSON, ev.PersonRegistered(name=SEALED, identity_number=SEALED, phone=SEALED))
    moved = person.given(ev.PersonNoted(address=newer, phone=newer))
    first, then = Stated(ev.PersonRegistered, SEALED), Stated(ev.PersonNoted, newer)
    assert dict(moved.state.identity) == {
        "name": first, "identity_number": first, "address": then, "phone": then,
    }  # fmt: skip
    moved.when(READ).then(ev.PersonRead(fields=["name", "identity_number", "address", "phone"]))


def test_a_person_who_does_not_exist_is_not_read():
    scenario(PERSON).when(READ).not_found()

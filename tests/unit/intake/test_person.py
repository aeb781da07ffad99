"""Reading a person's identity. 个人信息保护法 第二十八条."""

from __future__ import annotations

from corrections.intake.v1 import events_pb2 as ev
from corrections.intake.v1 import service_pb2 as cmd
from eventcore.testing import given, scenario
from intake.domain.person import PERSON
from intake.testing import PERSON_ID, SEALED

READ = cmd.GetPersonRequest(request_id="r", person_id=PERSON_ID)


def test_each_read_of_a_person_is_recorded_with_the_fields_shown():
    person = given(PERSON, ev.PersonRegistered(name=SEALED, phone=SEALED))
    person.when(READ).then(ev.PersonRead(fields=["name", "phone"]))
    person.given(ev.PersonRead(fields=["name"])).when(READ).then(ev.PersonRead(fields=["name", "phone"]))


def test_a_person_who_does_not_exist_is_not_read():
    scenario(PERSON).when(READ).not_found()

"""Who calls: from the SPIFFE id of the client's certificate to the `Caller` that every event names.

`spiffe://<installation>/service/<name>`, `/agency/<code>`, `/staff/<unit>/<ROLE>/<name>`, `/operator/<name>`.
Each kind of path has its own roles: SERVICE and OPERATOR come from theirs alone, whatever a staff member's or an
agency's entry says. An agency's role and unit come from the registry of agencies, never from the certificate alone: an agency that
was struck off is nobody, whatever it still holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from eventcore.decider import Caller

from servicekit.agencies import Agency

SERVICE = "SERVICE"
OPERATOR = "OPERATOR"

# Roles of the rule catalogue. A role that stands in no certificate's path and no agency's entry can be claimed by nobody.
STAFF_ROLES = frozenset({
    "COUNTY_CCI", "CITY_CCI", "PROV_CCI", "JO", "JUSTICE_DEPT", "JUSTICE_DEPT_COUNTY", "JUSTICE_DEPT_HEAD",
})  # fmt: skip
AGENCY_ROLES = frozenset({
    "COURT", "PROC", "PROC_COUNTY", "PSB", "PSB_COUNTY", "PSB_CITY", "PRISON", "PRISON_ADMIN", "DETENTION",
})  # fmt: skip

_STAFF = re.compile(r"staff/(?P<unit>\d{2}|\d{4}|\d{6}|\d{9})/(?P<role>[A-Z][A-Z_]*)/(?P<name>[^/]+)")
_NAMED = re.compile(r"(?P<kind>service|agency|operator)/(?P<name>[^/]+)")


class Unidentified(Exception):
    """The certificate names nobody that this installation knows."""


def parse(
    spiffe_id: str, *, installation: str, agency: Callable[[str], Agency | None], purpose: str = ""
) -> Caller:
    """The caller that a SPIFFE id names; Unidentified says why it names nobody."""
    trust = f"spiffe://{installation}/"
    if not spiffe_id.startswith(trust):
        raise Unidentified(f"the certificate is not of installation {installation}")
    path = unquote(spiffe_id.removeprefix(trust))
    staff = _STAFF.fullmatch(path)
    if staff:
        if staff["role"] not in STAFF_ROLES:
            raise Unidentified(f"{staff['role']} is no role of staff")
        return Caller(actor=spiffe_id, unit=staff["unit"], role=staff["role"], purpose=purpose)
    named = _NAMED.fullmatch(path)
    if not named:
        raise Unidentified("the certificate's id is of no known kind (service, agency, staff, operator)")
    if named["kind"] == "agency":
        found = agency(named["name"])
        if found is None:
            raise Unidentified(f"agency {named['name']} is not registered")
        if found.kind not in AGENCY_ROLES:
            raise Unidentified(
                f"agency {named['name']} is registered as {found.kind}, which is no kind of agency"
            )
        return Caller(actor=spiffe_id, unit=found.unit, role=found.kind, purpose=purpose)
    return Caller(
        actor=spiffe_id, unit="", role=SERVICE if named["kind"] == "service" else OPERATOR, purpose=purpose
    )


def name_of(caller: Caller) -> str:
    """Last part of the caller's id: a service's name, an agency's code, a person's name in the directory."""
    return unquote(caller.actor.rsplit("/", 1)[-1])


def service_of(caller: Caller) -> str:
    """Name of the platform's service that calls; "" for everybody else, whatever their name."""
    _, _, path = caller.actor.removeprefix("spiffe://").partition("/")
    named = _NAMED.fullmatch(unquote(path))
    return named["name"] if named and named["kind"] == "service" and caller.role == SERVICE else ""

"""G15: positions survive a logical restore into another cluster, whose transaction ids begin anew."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from corrections.education.v1.events_pb2 import EducationOpened, SessionArranged, SessionAttended
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from devstack.backup import new_cluster
from devstack.postgres import Address, Postgres, program
from devstack.process import free_port
from devstack.testing import Database
from eventcore import checkpoint
from eventcore.checkpoint import Checkpoints
from eventcore.fsck import fsck
from eventcore.link import Link, connecting
from eventcore.positions import positions
from eventcore.projection import Projections
from eventcore.sequencer import Sequencer
from eventcore.testing_log import TestLog
from psycopg import sql

from tests.integration.eventcore.test_projections import ATTENDANCE, INSTALLATION, SERVICE, TABLE, turn_all

LOG = "select seq, stream_id, version, leaf_sha256, leaf_sm3 from es.log order by seq"
EVENT_XIDS = "select max(xid::text::bigint), count(*) from es.event"
NEXT_XID = "select pg_current_xact_id()::text::bigint"
SIGNER = checkpoint.signer(
    checkpoint.origin(INSTALLATION, SERVICE), Ed25519PrivateKey.from_private_bytes(bytes(32))
)
LIMIT_S = 90.0
ROLES = "select rolname from pg_roles where rolname like 'education%'"


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Another cluster, just made."""
    server = Postgres(tmp_path_factory.mktemp("elsewhere"), free_port(), profile="quick")
    server.start()
    yield server.address
    server.stop()


def moved(source: Database, target: Address, folder: Path) -> str:
    """The database as it was dumped, in another cluster with the same roles; its address there."""
    with psycopg.connect(source.dsn) as here, psycopg.connect(target.dsn(), autocommit=True) as there:
        for (role,) in here.execute(ROLES).fetchall():
            there.execute(sql.SQL("create role {}").format(sql.Identifier(role)))
        there.execute("create database restored template template0")
    dump = folder / "store.dump"
    dsn = target.dsn("restored")
    for arguments in (
        [program("pg_dump"), "--format=custom", f"--file={dump}", source.dsn],
        [program("pg_restore"), "--exit-on-error", "--no-owner", f"--dbname={dsn}", dump],
    ):
        subprocess.run(arguments, check=True, capture_output=True, env=dict(os.environ))
    return dsn


def number(log: TestLog) -> int:
    """Everything stored is numbered, the trees have grown and a checkpoint is signed; the length of the log."""
    made = Sequencer(Link(connecting(log.dsn, "test")), service=SERVICE)
    signing = Checkpoints(Link(connecting(log.dsn, "test")), SIGNER, interval_s=0.0)
    with closing(made), closing(signing):
        until = time.monotonic() + LIMIT_S
        # another database's transaction may hold the numbering back for a moment
        while positions(log.conn).log_end < positions(log.conn).stored:
            made.turn()
            assert time.monotonic() < until
        signing.turn()
    return positions(log.conn).log_end


def read(log: TestLog) -> int:
    """The projection has read what is numbered; answers how many events it had not read before."""
    made = Projections(
        Link(connecting(log.dsn, "test")), [ATTENDANCE], installation=INSTALLATION, service=SERVICE
    )
    with closing(made) as live:
        return turn_all(live)


def test_positions_survive_a_logical_restore(database: Database, elsewhere: Address, tmp_path: Path) -> None:
    with closing(TestLog(database.dsn, installation=INSTALLATION, service=SERVICE)) as log:
        log.conn.execute(TABLE)
        # a cluster that has lived: its transaction ids are far ahead of those of a new one
        log.conn.execute(
            "do $$ begin for i in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$"
        )
        for n in range(5):
            log.write(f"case/{n}", EducationOpened(), SessionArranged(session_id="s"))
        assert number(log) == 10
        assert read(log) == 10
        # stored, not yet numbered, when the dump is made
        log.write("case/0", SessionAttended(session_id="s"))
        before, was = log.conn.execute(LOG).fetchall(), positions(log.conn)
        ((highest, stored),) = log.conn.execute(EVENT_XIDS).fetchall()
        dsn = moved(database, elsewhere, tmp_path)

    with psycopg.connect(dsn, autocommit=True) as there:
        ((now,),) = there.execute(NEXT_XID).fetchall()
        assert now < highest, "the new cluster's transaction ids are below those of the events"
    new_cluster(dsn)
    with closing(TestLog(dsn, installation=INSTALLATION, service=SERVICE)) as log:
        assert log.conn.execute(LOG).fetchall() == before
        is_ = positions(log.conn)
        assert (is_.log_end, is_.projections, is_.stored) == (was.log_end, was.projections, was.stored)
        # what was stored comes first, what is written now after it, in the same log
        log.write("case/9", EducationOpened())
        assert number(log) == stored + 1
        after = log.conn.execute(LOG).fetchall()
        assert after[: len(before)] == before
        assert [(row[1], row[2]) for row in after[len(before) :]] == [
            (log.stream("case/0"), 3),
            (log.stream("case/9"), 1),
        ]
        assert read(log) == 2
        # both trees go on from the checkpoints that were signed before
        report = fsck(log.conn, vkeys=[SIGNER.vkey])
        assert (report.fault, report.events) == (None, stored + 1)

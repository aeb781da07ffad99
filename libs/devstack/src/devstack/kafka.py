"""Real Apache Kafka as one KRaft node on loopback ports.

Start-up, shutdown and memory settings were measured (stack.md section 5): a node that is not shut down in a
controlled way, or with default session times, takes 10.9 s to come back.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import Literal

from devstack import home as homes
from devstack import jars, runfiles
from devstack.errors import StackError
from devstack.java import Java, find_java
from devstack.process import Process, Spec, free_port, require_port, require_space
from devstack.runfiles import Running

Profile = Literal["safe", "quick"]

_STOP: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))
_READY_LIMIT_S = 60.0
_JVM = (
    "-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:MaxDirectMemorySize=64m",
    "-XX:MaxMetaspaceSize=160m", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData", "-Xshare:auto",
    "-Xlog:disable", "-Djava.awt.headless=true",
)  # fmt: skip
_PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
auto.create.topics.enable=false
log.retention.ms=-1
log.retention.bytes=-1
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
controlled.shutdown.enable=true
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
message.max.bytes=10485760
replica.fetch.max.bytes=10485760
"""
_PROFILES: dict[Profile, str] = {
    # One node has no replica to survive a power cut for it: every record is synced.
    "safe": "log.flush.interval.messages=1\n",
    "quick": "",
}
_LOG4J = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="ERROR">
  <Appenders>
    <File name="file" fileName="{log}" append="true">
      <PatternLayout pattern="%d{{ISO8601}} %p %c{{1}}: %m%n"/>
    </File>
  </Appenders>
  <Loggers>
    <Root level="WARN"><AppenderRef ref="file"/></Root>
    <Logger name="kafka.server.KafkaRaftServer" level="INFO"/>
    <Logger name="org.apache.kafka.common.utils.AppInfoParser" level="ERROR"/>
  </Loggers>
</Configuration>
"""


class Kafka:
    """One broker on `<home>/kafka`. It is ready in under 4 s when new and within 2 s after a clean stop."""

    def __init__(self, home: Path, port: int, controller_port: int, *, profile: Profile = "safe") -> None:
        self._home = home
        self._folder = home / "kafka"
        self._port = port
        self._controller_port = controller_port
        self._profile: Profile = profile
        self._process: Process | None = None

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The pid of the running broker, else None."""
        return None if self._process is None else self._process.pid

    def is_alive(self) -> bool:
        """True while the process that this object started runs."""
        return self.pid is not None

    def start(self, *, archive_at_exit: Path | None = None) -> None:
        """The broker is listed in its own answer to a metadata request. Raises StackError with a remedy."""
        require_port(self._port, "Kafka")
        require_port(self._controller_port, "Kafka's controller")
        homes.prepare(self._home)
        require_space(self._home, 300)
        classpath = ":".join(str(jar) for jar in jars.check(homes.jars_folder()))
        java = find_java()
        self._configure()
        self._format(java, classpath)
        argv = [
            str(java.program),
            *_JVM,
            *_archive_flags(java, archive_at_exit),
            *self._log_flags(),
            "-cp",
            classpath,
        ]
        argv += ["kafka.Kafka", str(self._folder / "server.properties")]
        ports = {"kafka": self._port, "kafka-controller": self._controller_port}
        self._process = Process(Spec("kafka", argv, self._home, _environment(), self._folder, ports))
        self._process.start()
        try:
            self._process.wait_ready(lambda: answers_metadata("127.0.0.1", self._port), _READY_LIMIT_S)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """The broker has ended by a controlled shutdown, or by SIGKILL after 20 s."""
        if self._process is not None:
            self._process.stop(_STOP)
            self._process = None

    def kill(self) -> None:
        """The broker has been ended by SIGKILL."""
        if self._process is not None:
            self._process.kill()

    def _configure(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._home / "logs").mkdir(exist_ok=True)
        self._require_same_controller_port()
        own = (
            f"listeners=PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{self._controller_port}\n"
            f"advertised.listeners=PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{self._controller_port}\n"
            f"controller.quorum.bootstrap.servers=127.0.0.1:{self._controller_port}\n"
            f"log.dirs={self._folder / 'data'}\n"
        )
        (self._folder / "server.properties").write_text(own + _PROPERTIES + _PROFILES[self._profile])
        log = self._home / "logs" / "kafka-server.log"
        (self._folder / "log4j2.xml").write_text(_LOG4J.format(log=log))

    def _require_same_controller_port(self) -> None:
        # The quorum's only voter is recorded in the metadata log with this port.
        marker = self._folder / "formatted"
        if marker.exists() and marker.read_text() != str(self._controller_port):
            raise StackError(
                f"the broker's data were made for controller port {marker.read_text()}, not "
                f"{self._controller_port}: set GUITU_BASE_PORT as before, or delete {self._folder}"
            )

    def _format(self, java: Java, classpath: str) -> None:
        marker = self._folder / "formatted"
        if marker.exists():
            return
        # No marker: formatting was cut short, so nothing was ever stored here.
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        argv = [
            str(java.program), *_JVM, *_archive_flags(java, None), *self._log_flags(), "-cp", classpath,
            "kafka.tools.StorageTool", "format", "--cluster-id", _new_cluster_id(), "--standalone",
            "--config", str(self._folder / "server.properties"),
        ]  # fmt: skip
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=120, check=False, env=_environment()
        )
        if done.returncode != 0:
            words = (done.stderr or done.stdout).strip().splitlines()
            raise StackError(
                f"Kafka's storage was not formatted ({words[-1:]}): delete {self._folder} and start again"
            )
        marker.write_text(str(self._controller_port))

    def _log_flags(self) -> list[str]:
        return [f"-Dlog4j2.configurationFile={self._folder / 'log4j2.xml'}"]


def end_recorded(home: Path, running: Running) -> None:
    """A broker that an earlier launcher left running has ended."""
    runfiles.end(running, _STOP)
    runfiles.forget(home, running.name)


def answers_metadata(host: str, port: int, timeout_s: float = 2.0) -> bool:
    """True when a broker answers a metadata request (version 8, no topics) and lists at least one broker."""
    body = struct.pack(">hhih5si???", 3, 8, 1, 5, b"guitu", 0, False, False, False)
    try:
        with socket.create_connection((host, port), timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = b""
            while len(answer) < 16:  # length, correlation id, throttle time, number of brokers
                got = connection.recv(16 - len(answer))
                if not got:
                    return False
                answer += got
    except OSError:
        return False
    return struct.unpack(">iiii", answer)[3] > 0


def write_archive(java: Java) -> None:
    """Beside the jars lies an archive of the classes that a broker loads, so that it starts in half the time.

    A broker is started in a folder of its own and ended; nothing is done when the archive is there already.
    """
    archive = archive_path(java)
    if archive.exists():
        return
    partial = archive.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="guitu-archive-") as folder:
        broker = Kafka(Path(folder), free_port(), free_port(), profile="quick")
        broker.start(archive_at_exit=partial)
        broker.stop()
    if partial.exists():
        partial.replace(archive)


def archive_path(java: Java) -> Path:
    """Where the class archive for this Java and the recorded jars lies, if `make setup` has made it."""
    folder = homes.jars_folder()
    key = hashlib.sha256(f"{java.build}{folder}{jars.recorded_digest()}".encode()).hexdigest()[:16]
    return folder.with_name(f"kafka-{key}.jsa")


def _archive_flags(java: Java, write_to: Path | None) -> list[str]:
    if write_to is not None:
        return [f"-XX:ArchiveClassesAtExit={write_to}"]
    archive = archive_path(java)
    return [f"-XX:SharedArchiveFile={archive}"] if archive.exists() else []


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


def _new_cluster_id() -> str:
    # A leading dash would be read as an option.
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text

"""The real service on a Postgres and a Redis of its own, as the browser tests start it."""

import json
import os
import secrets
import socket
import subprocess
import tempfile
import urllib.request
from pathlib import Path

from wait import until

TOP = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("PROGRAMS_FOLDER", TOP / "target" / "debug"))
SERVER = str(PROGRAMS / "sos-server")
OPS = str(PROGRAMS / "sos-ops")

# Everybody's, in these tests only.
PASSWORD = "a-password-for-these-tests"


class Service:
    def __init__(self):
        self.stack = subprocess.Popen(
            [OPS, "stack"], cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.server = None
        self.attachments = tempfile.TemporaryDirectory()
        try:
            self._start(json.loads(self.stack.stdout.readline()))
        except BaseException:
            self.stop()
            raise

    def _start(self, urls):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | {
            "DATABASE_URL": urls["database_url"],
            "REDIS_URL": urls["redis_url"],
            "SOS_SECRET": secrets.token_urlsafe(32),
            "SOS_LISTEN": f"127.0.0.1:{self.port}",
            "SOS_COOKIE_SECURE": "false",
            "SOS_ATTACHMENTS": self.attachments.name,
            "SOS_LOG_JSON": "false",
        }
        self.run("migrate")
        self.log = tempfile.TemporaryFile()
        self.server = subprocess.Popen(
            [SERVER, "serve"], cwd=TOP, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
        )
        until("the service is ready", self.is_ready)
        self._desks_and_staff()

    def _desks_and_staff(self):
        self.run(
            "admin", "load-desks",
            "--missions", "server/data/vn_missions.csv",
            "--countries", "server/data/desk_countries.csv",
            "--time-zones", "server/data/desk_time_zones.csv",
        )
        self.run(
            "admin", "create-staff", "--login", "lan", "--name", "Nguyễn Thị Lan", "--role", "dispatcher",
            "--desk", "tw-taipei", "--password-stdin", stdin=PASSWORD,
        )

    def run(self, *arguments, stdin=""):
        """Runs the server's program to its end: what it printed."""
        done = subprocess.run(
            [SERVER, *arguments], cwd=TOP, env=self.environment, input=stdin, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise AssertionError(f"sos-server {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def is_ready(self):
        if self.server.poll() is not None:
            self.log.seek(0)
            raise AssertionError(f"the service ended: {self.log.read().decode()}")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def enrolment_code(self, name):
        """A worker of this name with a contract for Taiwan, and a single-use code."""
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            digits = secrets.randbelow(10**8)
            file.write("name,phone,language,contract_country,employer,address\n")
            file.write(f'"{name}",+8869{digits:08},vi,TW,Xưởng mẫu,"Số 1, Đài Bắc"\n')
            file.flush()
            self.run("admin", "import-workers", "--file", file.name)
        lines = self.run("admin", "create-codes", "--workers", "all-without-device", "--json").splitlines()
        codes = [json.loads(line) for line in lines if line]
        return next(code["code"] for code in codes if code["name"] == name)

    def stop(self):
        if self.server is not None:
            self.server.terminate()
            self.server.wait(timeout=60)
            self.log.close()
        self.attachments.cleanup()
        self.stack.stdin.close()
        self.stack.wait(timeout=60)
        self.stack.stdout.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]

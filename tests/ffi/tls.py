"""TLS in front of the service, with a certificate of a root that nobody but the test knows."""

import asyncio
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

SETTINGS = """
[req]
distinguished_name = name
x509_extensions = root
prompt = no
[name]
CN = tests
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[leaf]
basicConstraints = critical, CA:FALSE
subjectAltName = IP:127.0.0.1
"""


def openssl(*arguments, stdin=b""):
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


class Tls:
    """Takes the TLS off and passes on to `port`."""

    def __init__(self, port):
        self.to = port
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            self.root_pem = certificates(Path(folder))
            context.load_cert_chain(f"{folder}/leaf.pem", f"{folder}/leaf.key")
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        listening = asyncio.start_server(self._pass, "127.0.0.1", 0, ssl=context)
        self.server = asyncio.run_coroutine_threadsafe(listening, self.loop).result()
        self.url = f"https://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _pass(self, near_in, near_out):
        far_in, far_out = await asyncio.open_connection("127.0.0.1", self.to)
        await asyncio.gather(pump(near_in, far_out), pump(far_in, near_out))

    def stop(self):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _end(self):
        self.server.close()
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)


async def pump(source, sink):
    try:
        while data := await source.read(16 * 1024):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass  # One side hung up: so does the other.
    finally:
        sink.close()


def certificates(folder):
    """Writes leaf.pem and leaf.key; the root that signed it, in PEM."""
    (folder / "settings").write_text(SETTINGS)
    at = lambda name: str(folder / name)
    for key in ("root.key", "leaf.key"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at(key))
    settings = ("-config", at("settings"))
    openssl("req", "-x509", "-new", "-key", at("root.key"), *settings, "-days", "2", "-out", at("root.pem"))
    openssl("req", "-new", "-key", at("leaf.key"), *settings, "-subj", "/CN=service", "-out", at("leaf.csr"))
    openssl(
        "x509", "-req", "-in", at("leaf.csr"), "-CA", at("root.pem"), "-CAkey", at("root.key"),
        "-CAcreateserial", "-days", "2", "-extfile", at("settings"), "-extensions", "leaf", "-out", at("leaf.pem"),
    )
    return (folder / "root.pem").read_text()

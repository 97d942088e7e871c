"""The program under load while it is reloaded, stopped, and connected to by many."""
import asyncio
import json
import pathlib
import re
import signal
import subprocess
import time

from conftest import BINARY, KEY, running

CONFIG = f"""
server: {{{{ drain_timeout: {{drain}} }}}}
providers:
  oa: {{{{ kind: openai, api_key: sk-test, base_url: "http://127.0.0.1:SIM/v1" }}}}
models:
  fast: {{{{ targets: [ {{{{ provider: oa, model: {{model}} }}}} ] }}}}
keys:
  - {{{{ name: app, token: "{KEY}" }}}}
"""


def config(model: str = "echo", drain: str = "10s") -> str:
    return CONFIG.format(model=model, drain=drain)


def request(stream: bool = False, simulate: str = "") -> bytes:
    body = json.dumps({"model": "fast", "stream": stream, "messages": [{"role": "user", "content": "Say hello"}]})
    extra = f"x-simulate: {simulate}\r\n" if simulate else ""
    return (f"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {KEY}\r\n"
            f"content-type: application/json\r\n{extra}content-length: {len(body)}\r\n\r\n{body}").encode()


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The head and the body of one answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"content-length" in fields:
        return head, await reader.readexactly(int(fields[b"content-length"]))
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    assert await reader.readexactly(2) == b"\r\n"
    return head, body


async def ask(port: int, data: bytes) -> tuple[bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    try:
        return await answer(reader)
    finally:
        writer.close()


def test_serves_a_thousand_connections_at_once(tmp_path):
    async def run(port: int):
        connections = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(1000)))
        for _ in range(2):
            for _, writer in connections:
                writer.write(request())
            answers = await asyncio.gather(*(answer(reader) for reader, _ in connections))
            assert all(head.startswith(b"HTTP/1.1 200 OK") for head, _ in answers)
        for _, writer in connections:
            writer.close()

    with running(tmp_path, config(), "--instant") as program:
        asyncio.run(run(program.port))
    records = program.records()
    assert len(records) == 2000 and len({record["id"] for record in records}) == 2000


def test_loses_no_request_while_the_configuration_is_reloaded(tmp_path):
    async def run(program):
        stopping = False
        models = set()

        async def client():
            reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
            while not stopping:
                writer.write(request())
                head, body = await answer(reader)
                assert head.startswith(b"HTTP/1.1 200 OK"), head
                models.add(json.loads(body)["model"])
            writer.close()

        clients = [asyncio.create_task(client()) for _ in range(20)]
        good = program.config.read_text()
        for turn in range(6):
            model = "lorem" if turn % 2 == 0 else "echo"
            program.config.write_text(good.replace("model: echo", f"model: {model}"))
            program.server.send_signal(signal.SIGHUP)
            seen = len(models)
            models.clear()
            while model not in models:
                await asyncio.sleep(0.01)
            assert seen or turn == 0
        program.config.write_text("providers: { oa: { kind: opena } }")
        program.server.send_signal(signal.SIGHUP)
        await asyncio.to_thread(program.wait_for_log, "did you mean 'openai'")
        models.clear()
        while not models:
            await asyncio.sleep(0.01)
        stopping = True
        await asyncio.gather(*clients)

    with running(tmp_path, config(), "--instant") as program:
        asyncio.run(run(program))


def keys(program, *arguments: str) -> str:
    return subprocess.run([BINARY, "keys", *arguments], cwd=program.config.parent, check=True, capture_output=True,
                          text=True).stdout


def test_a_key_that_is_revoked_ends_also_while_the_configuration_is_bad(tmp_path):
    def status(token: str) -> bytes:
        return asyncio.run(ask(program.port, request().replace(KEY.encode(), token.encode())))[0].split(b" ")[1]

    def wait_for(token: str, wanted: bytes):
        deadline = time.monotonic() + 5
        while status(token) != wanted:
            assert time.monotonic() < deadline, f"the status does not become {wanted}"

    with running(tmp_path, config(), "--instant") as program:
        token = keys(program, "create", "--name", "ci", "--data-dir", "data").strip()
        wait_for(token, b"200")
        rotated = keys(program, "rotate", "ci", "--data-dir", "data").strip()
        wait_for(rotated, b"200")
        assert status(token) == b"200", "the old token stays good for a while"
        program.config.write_text("nonsense: 1")
        program.wait_for_log("nonsense")
        keys(program, "revoke", "ci", "--data-dir", "data")
        wait_for(token, b"401")
        assert status(rotated) == b"401" and status(KEY) == b"200"


def test_finishes_streams_that_end_in_time_when_it_is_stopped(tmp_path):
    async def run(program):
        slow = request(stream=True, simulate=json.dumps({"tokens_per_second": 60, "tokens": 90}))
        connections = [await asyncio.open_connection("127.0.0.1", program.port) for _ in range(20)]
        for _, writer in connections:
            writer.write(slow)
        begun = await asyncio.gather(*(reader.readuntil(b"data: ") for reader, _ in connections))
        assert all(head.startswith(b"HTTP/1.1 200 OK") for head in begun)
        program.server.send_signal(signal.SIGTERM)
        ends = await asyncio.gather(*(reader.read() for reader, _ in connections))
        assert all(b"data: [DONE]" in end and end.endswith(b"0\r\n\r\n") for end in ends)
        assert all(b"error" not in end for end in ends)

    with running(tmp_path, config("lorem")) as program:
        asyncio.run(run(program))
    assert {record["outcome"] for record in program.records()} == {"ok"}


def test_ends_longer_streams_with_an_error_in_their_dialect(tmp_path):
    async def run(program):
        endless = request(stream=True, simulate=json.dumps({"tokens_per_second": 20, "tokens": 2000}))
        reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
        writer.write(endless)
        await reader.readuntil(b"data: ")
        program.server.send_signal(signal.SIGTERM)
        end = await reader.read()
        assert b'"code":"stream_interrupted"' in end and end.endswith(b"0\r\n\r\n")

    with running(tmp_path, config("lorem", drain="1s")) as program:
        asyncio.run(run(program))
    assert [record["outcome"] for record in program.records()] == ["truncated"]


def test_memory_does_not_grow_with_streams_that_ended_or_were_left(tmp_path):
    def resident_kilobytes(program) -> int:
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{program.server.pid}/status").read_text())[1])

    async def stream(port: int, is_left: bool):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(stream=True))
        if is_left:
            await reader.readuntil(b"data: ")
            writer.transport.abort()
        else:
            await answer(reader)
            writer.close()

    async def run(program):
        async def streams(count: int):
            for start in range(0, count, 50):
                await asyncio.gather(*(stream(program.port, index % 2 == 0) for index in range(start, start + 50)))
            await ask(program.port, request())

        await streams(1500)
        before = resident_kilobytes(program)
        await streams(2000)
        assert resident_kilobytes(program) - before < 4000, "about 2 KB of each stream stay"

    with running(tmp_path, config()) as program:
        asyncio.run(run(program))


def test_serves_on_after_clients_left_at_every_moment(tmp_path):
    async def leave(port: int, data: bytes, count: int):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(data)
        if count:
            await reader.read(count)
        writer.transport.abort()

    async def run(program):
        whole = request(stream=True)
        cuts = [leave(program.port, whole[:end], 0) for end in range(0, len(whole), 3)]
        reads = [leave(program.port, whole, count) for count in range(1, 900, 7)]
        await asyncio.gather(*cuts, *reads)
        head, _ = await ask(program.port, request())
        assert head.startswith(b"HTTP/1.1 200 OK")

    with running(tmp_path, config()) as program:
        asyncio.run(run(program))
    records = program.records()
    assert len({record["id"] for record in records}) == len(records)

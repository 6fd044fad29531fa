"""A link of so many milliseconds to a server on this computer: a proxy for TCP that holds everything back on its way.

Half of the round trip is waited in each direction and a whole one when a connection is made, as its handshake would.
Never more than WINDOW bytes are sent and not yet acknowledged, as Linux's receive buffer lets a single stream have:
over 40 ms that is 79 MB a second. What is not played: lost packets, and that a stream begins slowly.
"""

import asyncio
import multiprocessing
from contextlib import contextmanager, suppress

PIECE = 256 << 10
WINDOW = 3 << 20


@contextmanager
def far_link(port, round_trip_s):
    """Give the port of a link to a port of this computer; it runs in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_run, args=(port, round_trip_s, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _run(port, round_trip_s, told):
    asyncio.run(_serve(port, round_trip_s, told))


async def _serve(port, round_trip_s, told):
    async def connected(reader, writer):
        await asyncio.sleep(round_trip_s)
        there, back = await asyncio.open_connection("127.0.0.1", port, limit=PIECE)
        await asyncio.gather(_carry(reader, back, round_trip_s / 2), _carry(there, writer, round_trip_s / 2))

    server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=PIECE)
    told.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


async def _carry(reader, writer, wait_s):
    """Carry one direction to its end; half of the window is on its way there, the other half of it on its way back."""
    under_way = asyncio.Queue(maxsize=WINDOW // 2 // PIECE)
    now = asyncio.get_running_loop().time

    async def arrive():
        while (piece := await under_way.get()) is not None:
            due, data = piece
            if due > now():
                await asyncio.sleep(due - now())
            writer.write(data)
            await writer.drain()
        writer.close()

    arriving = asyncio.create_task(arrive())
    with suppress(OSError):
        while data := await reader.read(PIECE):
            await under_way.put((now() + wait_s, data))
    await under_way.put(None)
    with suppress(OSError):
        await arriving

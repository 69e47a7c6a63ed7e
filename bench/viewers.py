"""Many viewers of one caption stream, in a process of their own so that their work is not counted as the server's.

`python -m bench.viewers PORT PATH COUNT CUES`: prints `ready` when all are connected, and when every one has got that
many cues, a line of JSON: seconds from the saying of a cue to its arrival. A cue says when it was said: `said=<time>`.
"""

import json
import re
import select
import socket
import sys
import time

SAID = re.compile(rb"said=([0-9.]+)")
AT_ONCE = 200


def main(port: int, path: str, count: int, cues: int) -> None:
    poll = select.epoll()
    viewers: dict[int, socket.socket] = {}
    request = f"GET {path} HTTP/1.1\r\nHost: bench.test\r\nAccept: text/event-stream\r\n\r\n".encode()
    while len(viewers) < count:
        batch = []
        for _ in range(min(AT_ONCE, count - len(viewers))):
            viewer = socket.create_connection(("127.0.0.1", port))
            viewer.sendall(request)
            batch.append(viewer)
        for viewer in batch:
            head = b""
            while b"\r\n\r\n" not in head or not head.split(b"\r\n\r\n", 1)[1]:
                part = viewer.recv(4096)
                if not part:
                    raise SystemExit(f"The server let go: {head!r}")
                head += part
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            viewer.setblocking(False)
            viewers[viewer.fileno()] = viewer
            poll.register(viewer.fileno(), select.EPOLLIN)
    print("ready", flush=True)

    delays: list[float] = []
    until = time.monotonic() + 60 + 3 * cues
    while len(delays) < count * cues and time.monotonic() < until:
        for descriptor, _ in poll.poll(1):
            came = viewers[descriptor].recv(65536)
            now = time.time()
            if not came:
                poll.unregister(descriptor)
            delays += [now - float(said) for said in SAID.findall(came)]
    print(json.dumps({"delays": delays, "cpu": time.process_time()}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

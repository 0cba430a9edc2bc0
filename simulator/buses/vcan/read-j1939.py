"""Reads a CAN interface with the kernel's own J1939 (can-j1939), an independent peer for the tests.

Arguments: INTERFACE SECONDS. Speaks as address 0x90: asks address 0 for its component identification, then for a group that
it does not have, and prints every message that comes, long ones put together by the kernel, as one JSON object a line;
the same message only once.
"""

import json
import socket
import sys
import time

ASK = 0xEA00
WANTED = [65259, 65254]

name, seconds = sys.argv[1], float(sys.argv[2])
bus = socket.socket(socket.PF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
bus.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
bus.bind((name, socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x90))
for pgn in WANTED:
    bus.sendto(pgn.to_bytes(3, "little"), (name, socket.J1939_NO_NAME, ASK, 0x00))
seen = set()
end = time.monotonic() + seconds
while (left := end - time.monotonic()) > 0:
    bus.settimeout(left)
    try:
        data, (_, _, pgn, sa) = bus.recvfrom(2000)
    except TimeoutError:
        break
    if (pgn, sa, data) in seen:
        continue
    seen.add((pgn, sa, data))
    print(json.dumps({"pgn": pgn, "sa": sa, "hex": data.hex()}), flush=True)

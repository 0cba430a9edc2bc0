"""Decodes a candump recording with cantools, from memory; prints frames per second of each run.

usage: cantools-decode.py FACTS.dbc RECORDING.log
"""
import sys
import time

import cantools

database = cantools.database.load_file(sys.argv[1], strict=False)
# Any priority and source address: messages are looked up by their parameter group.
messages = {}
for message in database.messages:
    identifier = message.frame_id
    is_addressed = (identifier >> 16) & 0xFF < 240
    messages[identifier & (0x03FF0000 if is_addressed else 0x03FFFF00)] = message
frames = []
with open(sys.argv[2], encoding="latin1") as recording:
    for line in recording:
        _, _, frame = line.split(" ", 2)
        identifier, data = frame.strip().split("#")
        frames.append((int(identifier, 16), bytes.fromhex(data)))
frames = frames[:50_000]
for _ in range(4):
    start = time.perf_counter()
    for identifier, data in frames:
        is_addressed = (identifier >> 16) & 0xFF < 240
        message = messages.get(identifier & (0x03FF0000 if is_addressed else 0x03FFFF00))
        if message is not None:
            try:
                message.decode(data, decode_choices=False, allow_truncated=True)
            except Exception:
                pass
    print(round(len(frames) / (time.perf_counter() - start)))

"""Sends numbered frames at a steady rate on several CAN interfaces; an independent peer for the tests.

Each line of its input is an order: SECONDS INTERFACE=RATE... (rate 0: as fast as it goes, SECONDS is then the number
of frames). Every frame is 18FF0021 (or id=X, 29 bits) with its number from 0 on (or from first=N), 32 bits, least
significant byte first, and four bytes FF. Answers each order with a line: the count of each interface. One process for all orders, because an emulated processor starts few.
"""
import errno
import os
import socket
import struct
import sys
import time


def open_bus(name):
    bus = socket.socket(socket.PF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
    bus.setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, b"")
    bus.bind((name,))
    return bus


def send(bus, can_id, number):
    frame = struct.pack("<IB3xII", 0x80000000 | can_id, 8, number, 0xFFFFFFFF)
    while True:
        try:
            bus.send(frame)
            return
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            time.sleep(0.0005)


def follow(order):
    seconds = float(order[0])
    wanted = dict(word.split("=") for word in order[1:])
    can_id = int(wanted.pop("id", "18FF0021"), 16)
    first = int(wanted.pop("first", "0"))
    wanted = {name: int(rate) for name, rate in wanted.items()}
    buses = {name: open_bus(name) for name in wanted}
    sent = dict.fromkeys(wanted, 0)
    total = {name: int(rate * seconds) if rate else int(seconds) for name, rate in wanted.items()}
    start = time.monotonic()
    while any(sent[name] < total[name] for name in wanted):
        elapsed = time.monotonic() - start
        for name, rate in wanted.items():
            due = min(total[name], int(elapsed * rate)) if rate else total[name]
            while sent[name] < due:
                send(buses[name], can_id, first + sent[name])
                sent[name] += 1
        time.sleep(0.002)
    for bus in buses.values():
        bus.close()
    counts = " ".join(f"{name}={sent[name]}" for name in wanted)
    print(counts, f"seconds={time.monotonic() - start:.2f}", flush=True)


# The kernel keeps frames of one processor in order, not those of a sender that moves between two.
os.sched_setaffinity(0, {0})
for line in sys.stdin:
    follow(line.split())

"""Reads Modbus devices with pymodbus, an independent client for the tests.

Standard input: one JSON object, {"host", "port"} or {"path"} and "reads": [[unit, function, address, count], ...].
Prints one JSON array: for each read its registers or bits, or the exception code as {"exception": code}, or {"silent": true}.
"""

import json
import sys

from pymodbus.client import ModbusSerialClient, ModbusTcpClient

READERS = {
    1: "read_coils",
    2: "read_discrete_inputs",
    3: "read_holding_registers",
    4: "read_input_registers",
}


def answer_of(client, unit, function, address, count):
    reply = getattr(client, READERS[function])(address, count, slave=unit)
    if hasattr(reply, "exception_code"):
        return {"exception": reply.exception_code}
    if reply.isError():
        return {"silent": True}
    return reply.registers if function >= 3 else [int(bit) for bit in reply.bits[:count]]


given = json.loads(sys.stdin.readline())
if "path" in given:
    client = ModbusSerialClient(given["path"], baudrate=115200, timeout=2)
else:
    client = ModbusTcpClient(given["host"], given["port"], timeout=30)
client.connect()
print(json.dumps([answer_of(client, *read) for read in given["reads"]]))
client.close()

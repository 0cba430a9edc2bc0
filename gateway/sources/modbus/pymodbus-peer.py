"""A Modbus server by pymodbus for the tests: registers from standard input, values encoded by Python's own struct."""

import asyncio
import json
import struct
import sys

from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.framer.rtu_framer import ModbusRtuFramer
from pymodbus.server.async_io import ModbusSerialServer, ModbusTcpServer

FORMATS = {
    "uint16": ">H",
    "int16": ">h",
    "uint32": ">I",
    "int32": ">i",
    "float32": ">f",
    "uint64": ">Q",
    "int64": ">q",
    "float64": ">d",
}


def words_of(register):
    if register["type"] == "bool":
        return [int(register["raw"])]
    packed = struct.pack(FORMATS[register["type"]], register["raw"])
    words = [word for (word,) in struct.iter_unpack(">H", packed)]
    return words[::-1] if register.get("wordOrder") == "little" else words


def unit_of(registers):
    tables = {"holding": {}, "input": {}, "coil": {}, "discrete": {}}
    for register in registers:
        for offset, word in enumerate(words_of(register)):
            tables[register["table"]][register["address"] + offset] = word
    # An address that is not here is refused, and with it the block that touches it.
    block = lambda table: ModbusSparseDataBlock(tables[table] or {65535: 0})
    return ModbusSlaveContext(
        di=block("discrete"), co=block("coil"), hr=block("holding"), ir=block("input"), zero_mode=True
    )


async def main():
    given = json.loads(sys.stdin.readline())
    units = {int(unit): unit_of(registers) for unit, registers in given["units"].items()}
    context = ModbusServerContext(slaves=units, single=False)
    if "port" in given:
        server = ModbusSerialServer(
            context, framer=ModbusRtuFramer, port=given["port"], baudrate=115200, ignore_missing_slaves=True
        )
        await server.start()
        print("ready", flush=True)
        await server.serve_forever()
        return
    server = ModbusTcpServer(context, address=("127.0.0.1", 0), ignore_missing_slaves=True)
    serving = asyncio.create_task(server.serve_forever())
    await server.serving
    print("ready", server.server.sockets[0].getsockname()[1], flush=True)
    await serving


asyncio.run(main())

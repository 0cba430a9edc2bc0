import { connect as connectTcp } from "node:net";
import { MqttClient } from "mqtt";

/** Attacks come from another address than the fleet, as they would. */
const localAddress = "127.0.0.2";

export interface HostileClient {
  /** Topics of what the broker sent. */
  readonly heard: readonly string[];
  /** Return code of the subscription: 0 to 2 granted, 128 refused. */
  subscribe(filter: string): Promise<number>;
  publish(topic: string, payload: Uint8Array, retain?: boolean): void;
  /** Resolves once the broker has cut the connection. */
  readonly cut: Promise<void>;
  close(): Promise<void>;
}

export interface HostileAccess {
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly will?: string;
}

/** Return code of CONNACK: 0 let in, 4 bad credentials, 5 not authorised; -1 when it was cut without an answer. */
export async function connectCode(access: HostileAccess): Promise<number> {
  const { client, code } = await open(access);
  await client.endAsync(true);
  return code;
}

/** @throws when it is not let in */
export async function connectHostile(access: HostileAccess): Promise<HostileClient> {
  const { client, code } = await open(access);
  if (code !== 0) throw new Error(`${access.clientId} was not let in: ${code}`);
  const heard: string[] = [];
  client.on("message", (topic) => heard.push(topic));
  return {
    heard,
    cut: new Promise((resolve) => client.once("close", () => resolve())),
    subscribe: (filter) =>
      new Promise((resolve) =>
        client.subscribe(filter, { qos: 0 }, (_error, _granted, packet) => {
          const [code] = packet?.granted ?? [];
          resolve(typeof code === "number" ? code : Number(code ?? 128));
        }),
      ),
    publish: (topic, payload, retain = false) =>
      void client.publish(topic, Buffer.from(payload), { qos: 0, retain }),
    async close() {
      await client.endAsync(true);
    },
  };
}

function open({ port, clientId, username, password, will }: HostileAccess) {
  const client = new MqttClient(() => connectTcp({ port, host: "127.0.0.1", localAddress }), {
    clientId,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(will === undefined
      ? {}
      : { will: { topic: will, payload: Buffer.from("x"), qos: 0, retain: false } }),
    reconnectPeriod: 0,
    protocolVersion: 4,
    protocolId: "MQTT",
    connectTimeout: 20_000,
    keepalive: 30,
    clean: true,
  });
  return new Promise<{ client: MqttClient; code: number }>((resolve) => {
    client.once("connect", () => resolve({ client, code: 0 }));
    client.on("error", (error) => {
      const code = "code" in error ? error.code : undefined;
      resolve({ client, code: typeof code === "number" ? code : -1 });
    });
    client.once("close", () => resolve({ client, code: -1 }));
  });
}

/** Sends bytes as they are; resolves with what came back once the other side has cut the connection. */
export function sendRaw(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve) => {
    const answer: Buffer[] = [];
    const socket = connectTcp({ port, host: "127.0.0.1", localAddress }, () => {
      socket.write(bytes);
    });
    socket.on("data", (piece) => answer.push(piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(answer)));
  });
}

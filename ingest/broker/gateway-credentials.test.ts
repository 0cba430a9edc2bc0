import { silentLogger } from "@firebreak/kit/logger.ts";
import { describe, expect, test } from "vitest";
import { openGatewayCredentials } from "./gateway-credentials.ts";

const credentialOf = (gatewayId: string) => ({
  ...{ gatewayId, machines: ["m-1"], salt: "00".repeat(16), hash: "11".repeat(32) },
  createdAt: "2026-01-01T00:00:00.000Z",
});

/** Hashes that end when they are told to. */
function heldHash() {
  const waiting: ((isRight: boolean) => void)[] = [];
  const prove = () => new Promise<boolean>((answer) => waiting.push(answer));
  const { verify } = openGatewayCredentials("/nowhere", silentLogger, prove);
  return { waiting, verify };
}

describe("verify", () => {
  test("tries of one gateway share a hash, and are answered in their order", async () => {
    const { waiting, verify } = heldHash();
    const answered: number[] = [];
    const tries = [1, 2, 3].map((at) =>
      verify(credentialOf("gw-1"), "right").then((isRight) => {
        if (isRight) answered.push(at);
      }),
    );
    expect(waiting).toHaveLength(1);
    waiting[0]?.(true);
    await Promise.all(tries);
    expect(answered).toEqual([1, 2, 3]);
    expect(await verify(credentialOf("gw-1"), "right")).toBe(true);
    expect(waiting).toHaveLength(1);
  });

  test("another gateway, another password and what was wrong before are hashed for themselves", async () => {
    const { waiting, verify } = heldHash();
    const all = [
      verify(credentialOf("gw-1"), "wrong"),
      verify(credentialOf("gw-1"), "right"),
      verify(credentialOf("gw-2"), "right"),
    ];
    expect(waiting).toHaveLength(3);
    for (const [at, answer] of waiting.entries()) answer(at > 0);
    expect(await Promise.all(all)).toEqual([false, true, true]);
    const again = verify(credentialOf("gw-1"), "wrong");
    expect(waiting).toHaveLength(4);
    waiting[3]?.(false);
    expect(await again).toBe(false);
  });
});

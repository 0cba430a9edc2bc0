import { X509Certificate } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readGatewayConfig } from "@firebreak/gateway/config.ts";
import { redeemClaim } from "@firebreak/gateway/identity/redeem-claim.ts";
import { startGateway } from "@firebreak/gateway/main.ts";
import { createKeylessCredential, revokeCredential } from "@firebreak/kit/credentials.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { parseClaim } from "@firebreak/wire/claim.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeClaim } from "../../cli/commands/enroll/make-claim.ts";
import { claimIdentity } from "../../cli/commands/gateway/claim-identity.ts";
import { tractorPlan, until } from "../../gateway/test-source.fixture.ts";
import { newFolder } from "../../ingest/certificates/certificates.fixture.ts";
import { quietPort } from "../quiet-port.fixture.ts";
import { certificateIn, modeOf, SecuredHub } from "./secured-hub.fixture.ts";

const dayMs = 24 * 3_600_000;
let hub: SecuredHub;
beforeEach(async () => {
  hub = await new SecuredHub().start();
});
afterEach(() => hub.stop());

describe("from the claim to data over mutual TLS", () => {
  test("a gateway makes its key, gets its certificate, and delivers with it alone", async () => {
    const { gateway, source, identity } = await hub.gateway("gw-1");
    await until(() => gateway.status().link.link === "sending", "a session");
    source.give(200);
    await gateway.drained();
    expect(gateway.status().certificate).toMatchObject({ daysLeft: 364, problem: "" });
    expect(await hub.ingest.gateways()).toMatchObject([
      {
        gatewayId: "gw-1",
        isOnline: true,
        hasPassword: false,
        serialNumber: "device-of-gw-1",
        revoked: null,
      },
    ]);
    for (const name of readdirSync(identity)) expect(modeOf(join(identity, name))).toBe("600");
    expect(readdirSync(identity).sort()).toEqual(["ca.pem", "gateway.pem"]);
    for (const name of ["authority.pem", "server.pem"])
      expect(modeOf(join(hub.data, "ca", name))).toBe("600");
    // The hub has only the public half.
    const [record = ""] = readdirSync(join(hub.data, "certificates"));
    expect(readFileSync(join(hub.data, "certificates", record), "utf8")).not.toContain("PRIVATE");
  });

  test("two starts at once make one authority, and every hub another one", async () => {
    const { openAuthority } = await import("../../ingest/certificates/authority.ts");
    const folder = newFolder();
    const made = await Promise.all([1, 2, 3].map(() => openAuthority(folder)));
    expect(new Set(made.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(made[0]?.fingerprint).not.toBe((await openAuthority(newFolder())).fingerprint);
  });

  test("a claim serves one key of one device, and that one again after a lost reply", async () => {
    const claim = await hub.claim("gw-1");
    const folder = newFolder();
    await redeemClaim({ claim, folder, serialNumber: "board-1" });
    await expect(
      redeemClaim({ claim, folder: newFolder(), serialNumber: "board-2" }),
    ).rejects.toMatchObject({ code: "CLAIM_USED", message: expect.stringContaining("board-1") });
    const { key, again } = await repeatedAsk(claim);
    expect(again).toBe(key);
  });

  /** Takes the key of the first try over to a second one, as when the reply never came. */
  async function repeatedAsk(used: string) {
    const claim = await hub.claim("gw-2");
    expect(claim).not.toBe(used);
    const [first, second] = [newFolder(), newFolder()];
    await redeemClaim({ claim, folder: first, serialNumber: "board-3" });
    const pem = readFileSync(join(first, "gateway.pem"), "utf8");
    writeFileSync(join(second, "pending.key"), pem.slice(0, pem.indexOf("-----BEGIN CERT")));
    await redeemClaim({ claim, folder: second, serialNumber: "board-3" });
    const keyIn = (folder: string) =>
      new X509Certificate(certificateIn(folder)).publicKey.export({ type: "spki", format: "pem" });
    return { key: keyIn(first), again: keyIn(second) };
  }

  test("claims of other devices, other hubs, and of yesterday are refused in clear words", async () => {
    const refusal = (claim: string, serialNumber: string) =>
      expect(redeemClaim({ claim, folder: newFolder(), serialNumber })).rejects;
    const bound = await hub.claim("gw-1", { serialNumber: "board-1" });
    await refusal(bound, "board-9").toMatchObject({
      code: "SERIAL_MISMATCH",
      message: expect.stringContaining("for the device board-1, and this is board-9"),
    });
    await redeemClaim({ claim: bound, folder: newFolder(), serialNumber: "board-1" });
    // One device is one gateway.
    await refusal(await hub.claim("gw-2"), "board-1").toMatchObject({
      code: "SERIAL_IN_USE",
      message: expect.stringContaining("is the gateway gw-1 already"),
    });
    const old = await hub.claim("gw-3", { expiresMs: Date.now() - 1_000 });
    await refusal(old, "board-3").toMatchObject({ code: "CLAIM_EXPIRED" });
    const replaced = await hub.claim("gw-4");
    createKeylessCredential(hub.data, "gw-4", ["M1"]);
    await refusal(replaced, "board-4").toMatchObject({ code: "CLAIM_REFUSED" });
    const other = await new SecuredHub().start();
    const misled = await other.claim("gw-5", { urls: [hub.url] });
    await refusal(misled, "board-5").toMatchObject({ code: "WRONG_HUB" });
    await other.stop();
    await refusal(`${bound.slice(0, -20)}`, "board-1").toMatchObject({ code: "BAD_CLAIM" });
    const [entry] = hub.ingest.audit.list().filter(({ what }) => what === "enrolment");
    expect(entry).toMatchObject({ count: 4, detail: expect.stringContaining("CLAIM_REFUSED") });
    for (const claim of [bound, old, replaced, misled])
      expect(JSON.stringify(hub.ingest.audit.list())).not.toContain(parseClaim(claim).secret);
  });
});

test("the installer's way: a claim, a command, a configuration to fill in", async () => {
  const { enrolment } = createKeylessCredential(hub.data, "gw-1", ["PUMP-7"]);
  const options = { data: hub.data, machine: ["PUMP-7"], hours: 1, url: [hub.url] };
  const claim = join(newFolder(), "claim");
  writeFileSync(claim, `${await makeClaim("gw-1", enrolment, options)}\n`);
  const config = join(newFolder(), "gateway.yaml");
  const said = await claimIdentity({ claim, config, serial: "board-1" });
  expect(said).toContain("gw-1 has its certificate, as the device board-1");
  expect(modeOf(config)).toBe("600");
  const filled = readFileSync(config, "utf8")
    .replace("plan:", "plan: concrete-pump-truck")
    .replace("sources:", "sources: [{ kind: modbus-tcp, host: h }]");
  writeFileSync(config, filled);
  expect(readGatewayConfig(config)).toMatchObject({
    gatewayId: "gw-1",
    hub: { urls: [hub.url], identityFolder: join(dirname(config), "identity") },
  });
  // Given again, it changes nothing that a person has written.
  await expect(claimIdentity({ claim, config, serial: "board-1" })).rejects.toMatchObject({
    code: "CLAIM_USED",
  });
  expect(readFileSync(config, "utf8")).toBe(filled);
});

test("C6: a name that leads to somebody else: the TLS name check refuses, the last good address is used", async () => {
  // The hub comes back to it.
  const port = await quietPort();
  await hub.stop();
  await hub.start({ tls: { port, names: ["localhost", "hub.example"] } });
  const { gateway: first, source, identity } = await hub.gateway("gw-1");
  await first.stop();
  let addresses = ["127.0.0.1"];
  const gateway = await startGateway({
    gatewayId: "gw-1",
    hub: { urls: [`mqtts://hub.example:${port}`], identityFolder: identity },
    spoolFolder: newFolder(),
    machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
    reconnect: { minMs: 20, capMs: 100 },
    lookup: async () => addresses,
    log: silentLogger,
  });
  await until(() => gateway.status().link.link === "sending", "a session");
  // Of the same authority, and another name.
  const impostor = new SecuredHub();
  cpSync(join(hub.data, "ca", "authority.pem"), join(impostor.data, "ca", "authority.pem"));
  await impostor.start({ host: "127.0.0.2", tls: { port, names: ["elsewhere.example"] } });
  addresses = ["127.0.0.2"];
  await hub.stop();
  const refusal = "this is not the hub";
  await until(() => gateway.status().link.detail.includes(refusal), "the refusal");
  expect(gateway.status().link.detail).toContain("(127.0.0.2)");
  await hub.start({ tls: { port, names: ["hub.example"] } });
  await until(() => gateway.status().link.link === "sending", "the last good address");
  expect(impostor.ingest.status().gateways).toEqual([]);
  await gateway.stop();
  await impostor.stop();
});

describe("C12: certificates that do not count", () => {
  const refusedWith = async (
    gateway: Awaited<ReturnType<SecuredHub["gateway"]>>["gateway"],
    text: string,
  ) => {
    await until(
      () => gateway.status().link.detail.includes(text),
      `"${text}", not "${gateway.status().link.detail}"`,
    );
    expect(gateway.status().link.link).toBe("refused");
  };

  test("C12: one that runs out while connected is cut, and the gateway says since when", async () => {
    const { gateway, source } = await hub.gateway("gw-1");
    await until(() => gateway.status().link.link === "sending", "a session");
    hub.clock.aheadMs = 366 * dayMs;
    await refusedWith(gateway, "the certificate ended on");
    source.give(10);
    expect(hub.refusals("certificate-expired")[0]).toContain("gw-1: the certificate ended on");
    // The hub's clock is set right again: what was read meanwhile is delivered.
    hub.clock.aheadMs = 0;
    await gateway.drained();
  });

  test("C12: one that is not yet valid by the hub's clock is refused, with both times", async () => {
    const { gateway } = await hub.gateway("gw-1");
    await until(() => gateway.status().link.link === "sending", "a session");
    hub.clock.aheadMs = -2 * dayMs;
    await refusedWith(gateway, "the certificate begins on");
    expect(hub.refusals("certificate-not-yet-valid").length).toBeGreaterThan(0);
  });

  test("C12: a revoked one is cut while connected, and both sides say by whom and when", async () => {
    const { gateway, source } = await hub.gateway("gw-1");
    await until(() => gateway.status().link.link === "sending", "a session");
    revokeCredential(hub.data, "gw-1", "office");
    await refusedWith(gateway, "certificate revoked by office at 20");
    source.give(10);
    expect(gateway.status().spool.pendingBatches).toBeGreaterThanOrEqual(0);
    expect(await hub.ingest.gateways()).toMatchObject([
      { gatewayId: "gw-1", isOnline: false, revoked: { by: "office" } },
    ]);
    expect(hub.refusals("revoked")[0]).toContain("revoked by office");
  });

  test("C12: one of another authority is refused, and it is said that it is", async () => {
    const other = await new SecuredHub().start();
    const stranger = await other.gateway("gw-1");
    await until(() => stranger.gateway.status().link.link === "sending", "its own hub");
    // It trusts this hub, and shows the other one's certificate.
    const ours = await hub.gateway("gw-1");
    await ours.gateway.stop();
    const pem = readFileSync(join(stranger.identity, "gateway.pem"));
    writeFileSync(join(ours.identity, "gateway.pem"), pem);
    const gateway = await startGateway({
      gatewayId: "gw-1",
      hub: { urls: [hub.url], identityFolder: ours.identity },
      spoolFolder: newFolder(),
      machines: [],
      reconnect: { minMs: 20, capMs: 200 },
      log: silentLogger,
    });
    await refusedWith(gateway, "the certificate is of another authority");
    expect(hub.refusals("certificate-other-authority")[0]).toContain("gw-1");
    await gateway.stop();
    await other.stop();
  });

  test("C12: renewal comes at two thirds; the old one is kept until the new one has worked", async () => {
    await hub.stop();
    hub = await new SecuredHub().start({
      tls: { port: 0, names: ["localhost"], lifeMs: 60_000 },
    });
    // It begins an hour before its issue and ends a minute after it: two thirds are over at once.
    const { gateway, source, identity } = await hub.gateway("gw-1", { certificateLookMs: 100 });
    const before = new X509Certificate(certificateIn(identity)).serialNumber;
    source.give(10);
    await until(
      () => new X509Certificate(certificateIn(identity)).serialNumber !== before,
      "a renewed certificate in use",
    );
    source.give(10);
    await gateway.drained();
    expect(gateway.status().certificate?.problem).toBe("");
  });

  test("C12: a renewed one that is refused leaves the old one in use, and another is fetched", async () => {
    await hub.stop();
    // Two thirds are over at once.
    hub = await new SecuredHub().start({ tls: { port: 0, names: ["localhost"], lifeMs: 60_000 } });
    const { gateway, identity } = await hub.gateway("gw-1");
    await until(() => gateway.status().link.link === "sending", "a session");
    await gateway.stop();
    const other = await new SecuredHub().start();
    const stranger = await other.gateway("gw-1");
    await stranger.gateway.stop();
    writeFileSync(
      join(identity, "next.pem"),
      readFileSync(join(stranger.identity, "gateway.pem")),
      { mode: 0o600 },
    );
    const before = new X509Certificate(certificateIn(identity)).serialNumber;
    const again = await startGateway({
      gatewayId: "gw-1",
      certificateLookMs: 100,
      hub: { urls: [hub.url], identityFolder: identity },
      spoolFolder: newFolder(),
      machines: [],
      reconnect: { minMs: 20, capMs: 200 },
      log: silentLogger,
    });
    await until(() => again.status().link.link === "sending", "the old one to work");
    // In one look: its own two thirds are over too, and the next one is soon on trial.
    await until(
      () =>
        !existsSync(join(identity, "next.pem")) &&
        new X509Certificate(certificateIn(identity)).serialNumber !== before &&
        again.status().certificate?.isRenewalOnTrial === false,
      "another one to work",
    );
    await again.stop();
    await other.stop();
  });
});

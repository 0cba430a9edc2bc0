import { describe, expect, test } from "vitest";
import { createHostState } from "./host-state.ts";

const state = (online: boolean, timestamp: number) => JSON.stringify({ online, timestamp });

describe("createHostState", () => {
  test("tck-id-message-flow-edge-node-birth-publish-phid-wait-online: a host is offline until it says otherwise", () => {
    const host = createHostState();
    expect(host.isOnline).toBe(false);
    expect(host.take(state(true, 10))).toBe("came-online");
    expect(host.isOnline).toBe(true);
  });

  test("tck-id-message-flow-edge-node-birth-publish-phid-wait-timestamp tck-id-operational-behavior-edge-node-termination-host-offline-timestamp: a message older than the newest changes nothing", () => {
    const host = createHostState();
    host.take(state(true, 10));
    expect(host.take(state(false, 9))).toBe("nothing");
    expect(host.isOnline).toBe(true);
    expect(host.take(state(false, 10))).toBe("went-offline");
    expect(host.take(state(true, 9))).toBe("nothing");
    expect(host.isOnline).toBe(false);
  });

  test("a newer online is a restarted host, the same one again is not", () => {
    const host = createHostState();
    host.take(state(true, 10));
    expect(host.take(state(true, 10))).toBe("nothing");
    expect(host.take(state(true, 11))).toBe("came-online");
  });

  test.each(["", "null", "online", "{}", '{"online":1,"timestamp":5}', '{"online":true}', "[]"])(
    "%j is no state",
    (text) => {
      const host = createHostState();
      expect(host.take(text)).toBe("nothing");
      expect(host.isOnline).toBe(false);
    },
  );
});

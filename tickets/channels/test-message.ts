import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Target } from "./load-channels.ts";
import { messageOf } from "./messages.ts";
import type { Notice } from "./notice.ts";
import type { Directory } from "./recipients.ts";
import { type Network, send } from "./senders.ts";

export interface TestOptions {
  readonly db: Database;
  readonly directory: Directory;
  readonly network: Network;
  readonly site: string | undefined;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

/** Says one harmless thing to a target now; a target that speaks to persons tells whoever asked for the test. */
export async function testTarget(
  target: Target,
  personId: string,
  { db, directory, network, site, nowMs, newId }: TestOptions,
): Promise<void> {
  const notice: Notice = {
    kind: "test-message",
    audience: { to: "role", role: "admin" },
    priority: "planned",
  };
  const { config } = target;
  const isPersonal =
    (config.kind === "email" && !config.to) ||
    (config.kind === "template" && config.recipients === "person");
  const recipient = isPersonal ? await directory.recipient(db, personId) : undefined;
  if (isPersonal && !recipient)
    throw new CodedError(
      "ADDRESS_UNUSABLE",
      "this target speaks to persons, and no address of yours is known",
    );
  await send(
    target,
    {
      deliveryId: newId(),
      attemptAtMs: nowMs(),
      notices: [notice],
      message: messageOf(notice, recipient?.language ?? "zh-CN", { link: site ?? "" }),
      link: site ?? "",
      recipient,
    },
    network,
  );
}

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { badConfiguration } from "@firebreak/kit/load-config.ts";
import { Command, InvalidArgumentError } from "commander";
import { readHubFile } from "../hub/hub-files.ts";

const help = `
The token comes from --token-file, else from the environment (FIREBREAK_TOKEN); its role needs gateways.configure:
  firebreak token --role hq_service > token
What may be in such a file, and what never: docs/gateway.md, "Configuration from afar".`;

interface Access {
  readonly data: string;
  readonly url?: string;
  readonly tokenFile?: string;
}

interface PushOptions extends Access {
  readonly title?: string;
  readonly plan?: string;
  readonly gateway?: string[];
  readonly canaries?: number;
  readonly soakMinutes?: number;
}

/** `firebreak config`: configurations that a hub rolls out to its gateways. */
export function create(): Command {
  const command = new Command("config").addHelpText("after", help);
  command
    .command("check")
    .description("tell every mistake of a file with line and column (exit 78 if any)")
    .argument("<file>", "the configuration, YAML")
    .action(async (file: string) => {
      const { checkLayerText } = await import("@firebreak/gateway/remote/lay-over.ts");
      const problems = checkLayerText(readText(file));
      if (problems.length > 0) throw badConfiguration(file, problems);
    });
  withAccess(command.command("push"))
    .description("roll a file out: canaries first, then the rest in waves")
    .argument("<file>", "the configuration, YAML")
    .option("--title <text>", "its name on the page (default: the file's)")
    .option("--plan <id>", "only gateways with a machine of this plan")
    .option("--gateway <id...>", "only these gateways")
    .option("--canaries <count>", "how many go first (default: 1, or 5 %)", toCount)
    .option("--soak-minutes <minutes>", "how long each wave is watched (default: 30)", toCount)
    .action(async (file: string, options: PushOptions) =>
      print(await ask(options, "rollouts", orderOf(file, options))),
    );
  withAccess(command.command("status"))
    .description("print roll-outs, or one of them with its gateways, as JSON")
    .argument("[rollout]", "its id")
    .action(async (id: string | undefined, options: Access) =>
      print(await ask(options, id === undefined ? "rollouts" : `rollouts/${pathOf(id)}`)),
    );
  for (const [order, about] of Object.entries(orders))
    withAccess(command.command(order))
      .description(about)
      .argument("<rollout>", "its id")
      .action(async (id: string, options: Access) =>
        print(await ask(options, `rollouts/${pathOf(id)}/${order}`, { commandId: randomUUID() })),
      );
  return command;
}

const orders = {
  pause: "begin with nobody else",
  resume: "go on after a pause",
  cancel: "end it for good; who is trying it goes back",
  rollback: "give every gateway it reached what it had before",
};

const withAccess = (command: Command): Command =>
  command
    .option("--data <folder>", "of a hub that runs here; says where it is", "./firebreak-data")
    .option("--url <url>", "of a hub elsewhere, https://host:port")
    .option("--token-file <file>", "file that holds the token and nothing else");

function orderOf(file: string, options: PushOptions): object {
  const { title = file, plan, gateway, canaries, soakMinutes } = options;
  return {
    commandId: randomUUID(),
    title,
    text: readText(file),
    ...(plan === undefined ? {} : { plan }),
    ...(gateway === undefined ? {} : { gateways: gateway }),
    settings: {
      ...(canaries === undefined ? {} : { canaryCount: canaries }),
      ...(soakMinutes === undefined ? {} : { soakMs: soakMinutes * 60_000 }),
    },
  };
}

async function ask(access: Access, path: string, body?: object): Promise<unknown> {
  const { data, url = urlOf(data), tokenFile } = access;
  const token = tokenFile === undefined ? process.env.FIREBREAK_TOKEN : readText(tokenFile).trim();
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  if (!URL.canParse(url)) throw noHub(url);
  const { isOk, status, answer } = await answerOf(url, path, { ...init, headers });
  if (isOk) return answer;
  throw new CodedError(answer.code ?? "HUB_REFUSED", answer.message ?? `HTTP ${status}`);
}

interface Answer {
  readonly code?: string;
  readonly message?: string;
}

/** @throws CodedError HUB_UNREACHABLE for nobody there, and for somebody who is no hub */
async function answerOf(url: string, path: string, init: RequestInit) {
  try {
    const reply = await fetch(new URL(`/api/v1/${path}`, url), init);
    return { isOk: reply.ok, status: reply.status, answer: (await reply.json()) as Answer };
  } catch (error) {
    throw noHub(url, error);
  }
}

const noHub = (url: string, cause?: unknown) =>
  new CodedError("HUB_UNREACHABLE", `${url}: no answer of a hub; is it the address of one?`, {
    cause,
  });

function urlOf(data: string): string {
  const hub = readHubFile(data);
  if (hub) return hub.http;
  throw new CodedError("HUB_NOT_FOUND", `no hub runs on ${data}; name one elsewhere with --url`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, cause: unknown): CodedError =>
  new CodedError("NOT_READ", `cannot read ${file} (${errorCode(cause)})`, { cause });

const pathOf = (id: string): string => encodeURIComponent(id);

const print = (answer: unknown): void =>
  void process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);

function toCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError("must be a whole number");
  return Number(text);
}

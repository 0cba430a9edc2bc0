import type { RawSeries } from "@firebreak/ingest/store/store.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ToldCode } from "@firebreak/rules/finding.ts";
import type { Dtc } from "@firebreak/wire/machine-event.ts";
import { type HistorySource, noCodes } from "./history-source.ts";
import type { KnownTicket } from "./known-tickets.ts";

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

interface ToldHistory {
  readonly knownFrom: string | null;
  readonly items: readonly (Omit<ToldCode, "atMs" | "dtc"> & Dtc & { readonly at: string })[];
}

/** A hub's public interface; one question at a time, so that others have their turn. */
export function openHubSource(url: string, token: string): HistorySource {
  const base = url.replace(/\/+$/, "");
  const find = async <Answer>(path: string): Promise<Answer | Response> => {
    for (;;) {
      const reply = await ask(`${base}/api/v1/${path}`, token);
      if (reply.ok) return await answerOf<Answer>(base, reply);
      if (reply.status === 404) return reply;
      const seconds = Number(reply.headers.get("retry-after"));
      // It has too much to do: there is no hurry here.
      if (![429, 503].includes(reply.status) || !(seconds > 0)) throw await refused(path, reply);
      await new Promise((next) => setTimeout(next, seconds * 1000));
    }
  };
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await find<Answer>(path);
    if (answer instanceof Response) throw await refused(path, answer);
    return answer;
  };
  async function all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor = ""; ; ) {
      const page: Page<Item> = await get(`${path}${cursor}`);
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }
  return {
    async machinesOf(planId) {
      const machines = await all<{ machineId: string; plan: string }>("machines?limit=500");
      return machines.filter(({ plan }) => plan === planId).map(({ machineId }) => machineId);
    },
    samples({ machineId, signal, fromMs, toMs }) {
      const query = new URLSearchParams({
        signal,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      });
      return get<RawSeries>(`machines/${encodeURIComponent(machineId)}/series?${query}`);
    },
    async codes(machineId, toMs) {
      const query = new URLSearchParams({ to: new Date(toMs).toISOString() });
      const path = `machines/${encodeURIComponent(machineId)}/codes/history?${query}`;
      const told = await find<ToldHistory>(path);
      // A hub of an older release keeps none.
      if (told instanceof Response) return noCodes;
      const steps = told.items.map(({ at, spn, fmi, oc, cm, ...step }) => ({
        ...{ ...step, atMs: Date.parse(at), dtc: { spn, fmi, oc, cm } },
      }));
      return { knownFromMs: told.knownFrom === null ? null : Date.parse(told.knownFrom), steps };
    },
    tickets: () => all<KnownTicket>("tickets?limit=200"),
    close: async () => undefined,
  };
}

async function ask(url: string, token: string): Promise<Response> {
  try {
    return await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  } catch (error) {
    throw unreachable(url, error);
  }
}

/** Any web server answers something. */
async function answerOf<Answer>(url: string, reply: Response): Promise<Answer> {
  const text = await reply.text();
  try {
    return JSON.parse(text) as Answer;
  } catch (error) {
    throw unreachable(url, error);
  }
}

const unreachable = (url: string, cause: unknown) =>
  new CodedError("HUB_UNREACHABLE", `${url}: no answer of a hub; is it the address of one?`, {
    cause,
  });

async function refused(path: string, reply: Response): Promise<CodedError> {
  const said = (await reply.text()).slice(0, 300);
  return new CodedError(
    "HUB_REFUSED",
    `GET ${path} was answered with ${reply.status}: ${said}; the token wants to read machines and tickets`,
  );
}

import { good, type ServiceHub } from "./scenarios/service-hub.fixture.ts";

/** Two of the demonstration's people who dispatch from everywhere, with addresses. */
export const dispatchers = [
  { username: "li", engineerId: "E-001", email: "li@example.com" },
  { username: "wang", engineerId: "E-002", email: "wang@example.com" },
] as const;

export async function addDispatchers(hub: ServiceHub): Promise<void> {
  const hq = hub.as("admin");
  for (const { username, engineerId, email } of dispatchers) {
    good(await hq.post("users", { username, role: "dispatcher", engineerId }));
    const path = `organisation/engineers/${engineerId}`;
    const { engineerId: _id, name: _name, ...file } = good(await hq.get(path));
    good(await hq.post(path, { ...file, person: { name: username, email, language: "en" } }));
  }
}

export interface Delivery {
  readonly deliveryId: string;
  readonly recipientId: string;
  readonly attempts: number;
  readonly notice?: { readonly kind: string; readonly ticketId: string };
}

/** Every delivery that the interface lists for a query. */
export const deliveriesOf = (hub: ServiceHub, query: string): Promise<Delivery[]> =>
  everything(hub, `channels/deliveries?${query}`);

/** All pages of a list. */
export async function everything<Item>(hub: ServiceHub, path: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor = ""; ; ) {
    const page = good(await hub.as("admin").get(`${path}&limit=200${cursor}`));
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

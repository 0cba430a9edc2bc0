import type { Guard } from "../auth/guard.ts";
import type { LoginThrottle } from "../auth/login-throttle.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { LiveHub } from "../live/live-hub.ts";
import type { OpenTickets } from "../live/open-tickets.ts";
import type { ServerPorts } from "../ports.ts";

/** What every group of routes is given. */
export interface RouteDeps {
  readonly ports: ServerPorts;
  readonly guard: Guard;
  readonly sessions: Sessions;
  readonly throttle: LoginThrottle;
  readonly hub: LiveHub;
  readonly openTickets: OpenTickets;
}

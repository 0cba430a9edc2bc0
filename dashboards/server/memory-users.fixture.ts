import { CodedError } from "@firebreak/kit/coded-error.ts";
import { changedUser } from "./auth/user-changes.ts";
import type { SessionRecord, UserRecord, UserStore } from "./ports.ts";

/** Users and sessions in memory. */
export function createMemoryUsers(): UserStore {
  const users = new Map<string, UserRecord>();
  const sessions = new Map<string, SessionRecord>();
  return {
    find: async (username) => users.get(username),
    list: async () => [...users.values()].sort((a, b) => (a.username < b.username ? -1 : 1)),
    add: async (user) => {
      if (users.has(user.username)) throw new CodedError("USER_EXISTS", "there already");
      users.set(user.username, user);
    },
    change: async (username, change, at) => {
      const others = [...users.values()].filter((user) => user.username !== username);
      const changed = changedUser(users.get(username), others, { change, at });
      users.set(username, changed);
      for (const [idHash, session] of sessions)
        if (change.endSessions && session.username === username)
          if (idHash !== change.endSessions.except) sessions.delete(idHash);
      return changed;
    },
    addSession: async (session) => void sessions.set(session.idHash, session),
    findSession: async (idHash) => sessions.get(idHash),
    touchSession: async (idHash, lastUsedAtMs) => {
      const session = sessions.get(idHash);
      if (session) sessions.set(idHash, { ...session, lastUsedAtMs });
    },
    removeSession: async (idHash) => void sessions.delete(idHash),
    removeSessionsUnusedSince: async (ms) => {
      for (const [idHash, { lastUsedAtMs }] of sessions)
        if (lastUsedAtMs < ms) sessions.delete(idHash);
    },
  };
}

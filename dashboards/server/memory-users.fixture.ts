import type { SessionRecord, UserRecord, UserStore } from "./ports.ts";

/** Users and sessions in memory. */
export function createMemoryUsers(): UserStore {
  const users = new Map<string, UserRecord>();
  const sessions = new Map<string, SessionRecord>();
  return {
    count: async () => users.size,
    find: async (username) => users.get(username),
    add: async (user) => void users.set(user.username, user),
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

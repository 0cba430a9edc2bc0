export interface PostgresAccess {
  /** `postgres://user@host:port/database`; may hold a password, before the `@` or as a parameter. */
  readonly url: string;
  /** Goes before one in the URL. */
  readonly password?: string | undefined;
}

/** The URL without any password, and the password; empty: there is none. */
export function splitPassword({ url, password }: PostgresAccess): {
  readonly target: URL;
  readonly password: string;
} {
  const target = new URL(url);
  const { searchParams } = target;
  // As PostgreSQL's own programs do: a parameter goes before what stands before the @.
  const own = searchParams.get("password") || decodeURIComponent(target.password);
  target.password = "";
  if (searchParams.has("password")) searchParams.delete("password");
  return { target, password: password ?? own };
}

/** The URL with its password, for a program that reads it from memory. */
export function withPassword(access: PostgresAccess): URL {
  const { target, password } = splitPassword(access);
  target.password = encodeURIComponent(password);
  return target;
}

/** As libpq reads it: in a parameter a plus sign is a plus sign there, and a space in what `URL` writes. */
export function libpqUrl(target: URL): string {
  const url = new URL(target);
  url.search = url.search.replaceAll("+", "%20");
  return url.href;
}

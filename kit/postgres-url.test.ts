import { describe, expect, test } from "vitest";
import { libpqUrl, splitPassword, withPassword } from "./postgres-url.ts";

describe("the URL of a server", () => {
  test.each([
    ["before the @", "postgres://u:p%40+1@h/db?sslmode=require", undefined, "p@+1"],
    ["as a parameter", "postgres://u@h/db?password=p%40%2B1&sslmode=require", undefined, "p@+1"],
    ["in both places", "postgres://u:old@h/db?password=new&sslmode=require", undefined, "new"],
    ["given by itself", "postgres://u:a@h/db?password=b&sslmode=require", "c", "c"],
    ["nowhere", "postgres://u@h/db?sslmode=require", undefined, ""],
  ])("is parted from a password that stands %s", (_, url, given, password) => {
    const parted = splitPassword({ url, password: given });
    expect(parted.password).toBe(password);
    expect(parted.target.href).toBe("postgres://u@h/db?sslmode=require");
    const whole = withPassword({ url, password: given });
    expect(decodeURIComponent(whole.password)).toBe(password);
    expect(whole.search).toBe("?sslmode=require");
  });

  test("keeps the plus signs of names, and spaces of parameters, for libpq", () => {
    const target = new URL("postgres://a+b@h/c+d");
    target.searchParams.set("options", "-c search_path=e+f");
    expect(libpqUrl(target)).toBe("postgres://a+b@h/c+d?options=-c%20search_path%3De%2Bf");
  });
});

import type { ComponentChildren } from "preact";
import type { ApiError } from "../../api-client.ts";
import { t as common, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/public-texts.ts";
import { LanguageSwitch } from "../language-switch.tsx";
import { Mark } from "../mark.tsx";

const { t, word } = textsOf(texts);

/** What surrounds the pages of customers: the name and the language, nothing of the service behind. */
export function PublicFrame({ children }: { children: ComponentChildren }) {
  return (
    <div class="public">
      <header class="public-top">
        <span class="brand">
          <Mark />
          <span>{common("product")}</span>
        </span>
        <LanguageSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

const known = ["UNREACHABLE", "TOO_MANY_REQUESTS", "BAD_REQUEST"];

/** What went wrong, in words for customers. */
export function PublicProblem({ error }: { error: ApiError | undefined }) {
  if (error === undefined) return null;
  return (
    <p class="problem" role="alert" data-code={error.code}>
      {word("problem", known.includes(error.code) ? error.code : "other")}
    </p>
  );
}

/** A link that opens nothing: never was one, or is over. */
export function LinkOver() {
  return (
    <section class="card" data-testid="link-over">
      <h1>{t("linkOver")}</h1>
      <p>{t("linkOverLead")}</p>
      <p>
        <a class="button strong" href="/r">
          {t("reportTitle")}
        </a>
      </p>
    </section>
  );
}

import { useState } from "preact/hooks";
import { ApiError, path, post } from "../api-client.ts";
import { t as common, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/public-texts.ts";
import { useResource } from "../live/use-resource.ts";
import { LinkOver, PublicFrame, PublicProblem } from "../parts/public/public-frame.tsx";
import { RatingFields, ratingIn } from "../parts/rating-fields.tsx";

const { t } = textsOf(texts);

interface RatingLink {
  readonly source: "micro" | "follow_up" | "quarterly";
  readonly isUsed: boolean;
}

/** A customer rates the service; nobody between customer and headquarters sees it. */
export function RatePage({ code }: { code: string }) {
  const target = path`/public/ratings/${code}`;
  const { data, error } = useResource<RatingLink>(target);
  const [isDone, done] = useState(false);
  return (
    <PublicFrame>
      {error?.code === "LINK_UNKNOWN" ? (
        <LinkOver />
      ) : isDone || data?.isUsed ? (
        <section class="card" data-testid="thanks">
          <h1>{t("thanks")}</h1>
          <p>{t("thanksLead")}</p>
        </section>
      ) : data ? (
        <>
          <h1>{t(data.source === "quarterly" ? "quarterlyTitle" : "rateTitle")}</h1>
          <p class="card one-line" data-testid="straight-to-hq">
            {t("straightToHq")}
          </p>
          <RateForm target={target} onDone={() => done(true)} />
        </>
      ) : error ? (
        <PublicProblem error={error} />
      ) : (
        <p class="faint">{common("loading")}</p>
      )}
    </PublicFrame>
  );
}

function RateForm({ target, onDone }: { target: string; onDone: () => void }) {
  const [state, setState] = useState<{ isBusy?: true; isEmpty?: true; error?: ApiError }>({});
  const send = async (form: HTMLFormElement) => {
    const rating = ratingIn(new FormData(form));
    if (!rating) return setState({ isEmpty: true });
    setState({ isBusy: true });
    try {
      await post(target, rating);
      onDone();
    } catch (error) {
      const coded = error instanceof ApiError ? error : new ApiError("UNREACHABLE", 0);
      // The answer to an earlier attempt was lost on the way; the rating was not.
      if (coded.code === "FEEDBACK_GIVEN") onDone();
      else setState({ error: coded });
    }
  };
  return (
    <form
      class="card command-form"
      data-testid="rate-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send(event.currentTarget);
      }}
    >
      <RatingFields />
      {state.isEmpty && (
        <p class="problem" role="alert">
          {t("sayOne")}
        </p>
      )}
      <PublicProblem error={state.error} />
      <button type="submit" class="strong send" disabled={state.isBusy}>
        {t(state.error ? "tryAgain" : "rate")}
      </button>
    </form>
  );
}

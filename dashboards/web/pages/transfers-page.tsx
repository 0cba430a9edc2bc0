import { textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/stock-texts.ts";
import { usePageTitle } from "../page-title.ts";
import { LoanList } from "../parts/stock/loan-list.tsx";
import { RequestList } from "../parts/stock/request-list.tsx";
import { StockNav } from "../parts/stock/stock-nav.tsx";
import { TransferList } from "../parts/stock/transfer-list.tsx";
import { query } from "../router.ts";

const { t } = textsOf(texts);

/** What moves: transfers, loans, and the requests behind them. */
export function TransfersPage() {
  const wanted = query.value.get("view");
  const view = wanted === "loans" || wanted === "requests" ? wanted : "transfers";
  usePageTitle(t(view));
  return (
    <section class="page">
      <h1 class="unseen">{t(view)}</h1>
      <StockNav current={view} />
      {view === "transfers" && <TransferList />}
      {view === "loans" && <LoanList />}
      {view === "requests" && <RequestList />}
    </section>
  );
}

import { textsOf } from "../../i18n/language.ts";
import { texts as organisationTexts } from "../../i18n/pages/organisation-texts.ts";
import { route } from "../../router.ts";

const { t } = textsOf(organisationTexts);

const tabs = [
  { href: "/people", text: "engineers", pages: ["people", "engineer"] },
  { href: "/customers", text: "customers", pages: ["customers", "customer"] },
  { href: "/machine-files", text: "machineFiles", pages: ["machine-files", "machine-file"] },
  { href: "/regions", text: "regions", pages: ["regions"] },
] as const;

/** The pages of the organisation, beside each other. */
export const OrganisationTabs = () => (
  <nav class="tabs" aria-label={t("organisation")}>
    {tabs.map(({ href, text, pages }) => {
      const isCurrent = pages.some((page) => page === route.value.page);
      return (
        <a key={href} href={href} aria-current={isCurrent ? "page" : undefined}>
          {t(text)}
        </a>
      );
    })}
  </nav>
);

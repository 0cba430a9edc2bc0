import { language, setLanguage, t } from "../i18n/language.ts";
import { languages } from "../i18n/messages.ts";

const names = { en: "EN", "zh-CN": "中文" } as const;

export function LanguageSwitch() {
  return (
    <fieldset class="switch" data-testid="language">
      <legend class="unseen">{t("language")}</legend>
      {languages.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-pressed={language.value === one}
          data-language={one}
          onClick={() => setLanguage(one)}
        >
          {names[one]}
        </button>
      ))}
    </fieldset>
  );
}

import { useEffect, useRef, useState } from "preact/hooks";
import { addPhoto } from "../../field/field-desk.ts";
import { photoRef } from "../../field/outbox.ts";
import { blobOf } from "../../field/shrink-photo.ts";
import { formatTime } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/work-order-texts.ts";
import { Choices } from "./attempts.tsx";
import type { ReportPartProps } from "./report-form.tsx";

const { t } = textsOf(texts);
const modes = ["signature", "phone", "absent"] as const;

/** The customer signs on the glass, says yes on the phone, or is not there. */
export function Confirmation({ job, change }: ReportPartProps) {
  const { customerConfirmation: given } = job.content;
  const [mode, choose] = useState<string>(given?.mode ?? "");
  const now = () => new Date().toISOString();
  const sign = async (blob: Blob) => {
    const { ticketId } = job.order;
    const localId = await addPhoto({ ticketId, kind: "signature", purpose: "signature", blob });
    if (localId === undefined) return;
    const signatureMediaId = photoRef(localId);
    change({ customerConfirmation: { at: now(), mode: "signature", signatureMediaId } });
  };
  const pick = (next: (typeof modes)[number]) => {
    choose(next);
    change({
      customerConfirmation: next === "signature" ? undefined : { at: now(), mode: next },
    });
  };
  return (
    <>
      <Choices
        name="confirmation"
        label={t("confirmation")}
        words={modes}
        value={mode}
        textOf={(one) => t(`confirm.${one}`)}
        onChoose={pick}
      />
      {mode === "signature" && !given && <Pad onSigned={(blob) => void sign(blob)} />}
      {given?.mode === "signature" && (
        <p class="signed" data-testid="signed">
          {t("signed", { time: formatTime(given.at, language.value, "minute") })}
          <button type="button" onClick={() => change({ customerConfirmation: undefined })}>
            {t("signAgain")}
          </button>
        </p>
      )}
    </>
  );
}

/** Dark on white whatever the page looks like: it is printed one day. */
function Pad({ onSigned }: { onSigned: (blob: Blob) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hasInk, ink] = useState(false);
  const clear = () => {
    const place = canvas.current;
    const pen = place?.getContext("2d");
    if (!place || !pen) return;
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, place.width, place.height);
    ink(false);
  };
  useEffect(() => {
    const place = canvas.current;
    if (!place) return;
    place.width = place.clientWidth * 2;
    place.height = place.clientHeight * 2;
    clear();
  }, []);
  const at = (event: PointerEvent): [x: number, y: number] => [
    event.offsetX * 2,
    event.offsetY * 2,
  ];
  const draw = (event: PointerEvent, isStart: boolean) => {
    const pen = canvas.current?.getContext("2d");
    if (!pen || (!isStart && event.buttons === 0)) return;
    event.preventDefault();
    if (isStart) {
      canvas.current?.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
      return;
    }
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.strokeStyle = "#17241f";
    pen.lineTo(...at(event));
    pen.stroke();
    ink(true);
  };
  const keep = async () => {
    const blob = canvas.current && (await blobOf(canvas.current, "image/png"));
    if (blob) onSigned(blob);
  };
  return (
    <div class="pad">
      <p class="faint">{t("signHere")}</p>
      <canvas
        ref={canvas}
        data-testid="signature"
        aria-label={t("signHere")}
        onPointerDown={(event) => draw(event, true)}
        onPointerMove={(event) => draw(event, false)}
      />
      <div class="big-actions">
        <button type="button" class="big strong" disabled={!hasInk} onClick={() => void keep()}>
          {t("keepSignature")}
        </button>
        <button type="button" class="big" onClick={clear}>
          {t("clear")}
        </button>
      </div>
    </div>
  );
}

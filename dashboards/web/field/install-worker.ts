import { signal } from "@preact/signals";

/** Whether this page would open without a line: undefined until known. */
export const opensOffline = signal<boolean | undefined>(undefined);

/** Puts the worker in charge of the pages of the field, and tells the browser how they stand on the home screen. */
export function installWorker(): void {
  addManifest();
  if (!("serviceWorker" in navigator)) {
    opensOffline.value = false;
    return;
  }
  navigator.serviceWorker
    .register("/field-worker.js", { scope: "/", updateViaCache: "none" })
    .then(() => navigator.serviceWorker.ready)
    .then(
      () => {
        opensOffline.value = true;
      },
      () => {
        // Without a line an older worker may be in charge all the same.
        opensOffline.value = navigator.serviceWorker.controller !== null;
      },
    );
}

function addManifest(): void {
  if (document.querySelector("link[rel=manifest]")) return;
  const link = document.createElement("link");
  link.rel = "manifest";
  link.href = "/field.webmanifest";
  document.head.append(link);
}

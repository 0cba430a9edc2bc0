import { useState } from "preact/hooks";

interface Props {
  readonly text: string;
  readonly testid: string;
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}

/** Takes one Excel or CSV file, dropped or chosen. */
export function FileDrop({ text, testid, isBusy, onFile }: Props) {
  const [isOver, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file && !isBusy) onFile(file);
  };
  return (
    <label
      class={`file-drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <span>{text}</span>
      <input
        type="file"
        class="unseen"
        data-testid={testid}
        accept=".xlsx,.csv"
        disabled={isBusy}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          // The same name again, corrected, must be noticed.
          currentTarget.value = "";
        }}
      />
    </label>
  );
}

/** A place to drop one file on, or to choose it by hand. */

import { useId, useRef, useState } from "react";
import type { DragEvent } from "react";
import { useTranslation } from "react-i18next";
import "./filedrop.css";

interface Props {
  readonly label: string;
  readonly hint: string;
  /** extensions with dot, lower case */
  readonly accepts: readonly string[];
  readonly maxBytes: number;
  readonly onFile: (file: File) => void;
  readonly isBusy?: boolean;
  readonly isSmall?: boolean;
}

export function FileDrop({ label, hint, accepts, maxBytes, onFile, isBusy = false, isSmall = false }: Props) {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const take = (file: File | undefined): void => {
    if (file === undefined || isBusy) return;
    const problem = fileProblem(file.name, file.size, accepts, maxBytes);
    if (problem === null) {
      setRefusal(null);
      onFile(file);
    } else {
      const words = { name: file.name, accepts: accepts.join(" "), megabytes: Math.floor(maxBytes / 1024 / 1024) };
      setRefusal(t(`file.${problem}`, words));
    }
    if (input.current !== null) input.current.value = "";
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer.files.length > 1) setRefusal(t("file.onlyOne"));
    else take(event.dataTransfer.files[0]);
  };

  return (
    <div className="stack tight">
      <label
        htmlFor={id}
        className={`file-drop${isOver ? " over" : ""}${isBusy ? " busy" : ""}${isSmall ? " small-drop" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <strong>{label}</strong>
        <span className="soft">{hint}</span>
        <input
          ref={input}
          id={id}
          type="file"
          className="hidden-words"
          accept={accepts.join(",")}
          disabled={isBusy}
          onChange={(event) => take(event.target.files?.[0])}
        />
      </label>
      {refusal === null ? null : (
        <div className="note blocking" role="alert">
          {refusal}
        </div>
      )}
    </div>
  );
}

/** What is wrong with a file before it is sent; null = nothing. */
export function fileProblem(
  name: string,
  size: number,
  accepts: readonly string[],
  maxBytes: number,
): "wrongType" | "tooLarge" | "empty" | null {
  if (!accepts.some((extension) => name.toLowerCase().endsWith(extension))) return "wrongType";
  if (size === 0) return "empty";
  return size > maxBytes ? "tooLarge" : null;
}

/** The one client of the server, and what to do when nobody is signed in any more. */

import { ApiError, createClient } from "@xingfu/contract";
import type { Download } from "@xingfu/contract";

type Listener = () => void;
let signedOut: Listener = () => undefined;

/** Says what happens when a reply tells that the session has ended. */
export function onSignedOut(listener: Listener): void {
  signedOut = listener;
}

export const api = createClient("", { onSignedOut: () => signedOut() });

export { ApiError };

/** Hands a file to the browser to save. */
export function save(file: Download): void {
  saveBlob(file.blob, file.fileName);
}

export function saveBlob(blob: Blob, fileName: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // the browser has taken its own reference by the next turn of the event loop
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A share as a short bar with its number. */

import { percent } from "../../lib/format.ts";

export function Rate({ share }: { readonly share: number | null }) {
  if (share === null) return "–";
  return (
    <span className="rate">
      <i aria-hidden="true">
        <b style={{ width: `${Math.min(100, share * 100)}%` }} />
      </i>
      {percent(share)}
    </span>
  );
}

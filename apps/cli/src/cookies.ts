/** Cookies for a client of the wire outside a browser. */

import type { ClientOptions } from "@xingfu/contract";

/** A jar for the session cookie, which a browser would keep. */
export function cookieJar(): Required<Pick<ClientOptions, "fetch" | "headers">> {
  const jar = new Map<string, string>();
  return {
    headers: () => (jar.size === 0 ? {} : { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") }),
    fetch: async (input, init) => {
      const reply = await fetch(input, init);
      for (const line of reply.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
        if (value === "") jar.delete(name);
        else jar.set(name, value);
      }
      return reply;
    },
  };
}

/** The accounts of the sample district, shown only where the server says that there is one. Public on purpose. */

import type { Role } from "@xingfu/domain/access";

/** One password for all of them; held to the fixtures by a test. */
export const demonstrationPassword = "shili-demo-2025";

export const demonstrationAccounts: readonly {
  readonly name: string;
  readonly role: Role;
  /** stage of the school the role sits on */
  readonly place: "primary" | "junior" | null;
}[] = [
  { name: "officer", role: "officer", place: null },
  { name: "inspector", role: "inspector", place: null },
  { name: "viewer", role: "viewer", place: null },
  { name: "principal1", role: "principal", place: "primary" },
  { name: "clerk2", role: "clerk", place: "junior" },
  { name: "admin", role: "administrator", place: null },
];

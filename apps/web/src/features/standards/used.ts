/** Where a clause of the library is used in the product. */

interface UsePlace {
  readonly to: "/balance/schools" | "/balance/spread" | "/balance/items" | "/balance" | "/data/import";
  readonly search: Readonly<Record<string, string>>;
  /** key of the place's name in the wording */
  readonly place: "heat" | "spread" | "items" | "board" | "import";
}

/** The page that judges by the clause; null when the reference is not of the assessment. */
export function usedAt(reference: string): UsePlace | null {
  const [document, table, id = ""] = reference.split("/");
  if (document !== "moe-2017-quality-balance") return null;
  switch (table) {
    case "resources":
    case "school":
    case "splitting":
    case "exclusions":
      return { to: "/balance/schools", search: {}, place: "heat" };
    case "spread":
      return { to: "/balance/spread", search: {}, place: "spread" };
    case "government":
    case "quality":
      return { to: "/balance/items", search: { item: id }, place: "items" };
    case "relaxations":
      return id.startsWith("G")
        ? { to: "/balance/items", search: { item: id.split(".")[0] ?? id }, place: "items" }
        : { to: "/balance/schools", search: {}, place: "heat" };
    case "recognition":
    case "vetoes":
    case "precondition":
      return { to: "/balance/items", search: {}, place: "items" };
    case "figures":
      return { to: "/data/import", search: {}, place: "import" };
    default:
      return { to: "/balance", search: {}, place: "board" };
  }
}

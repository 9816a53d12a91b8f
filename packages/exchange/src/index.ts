/**
 * Files in, files out: the only place that knows xlsx, csv and docx.
 *
 * Terms. A *sheet* of the workbook holds one *section* of the return; a *column* definition both writes and reads a
 * cell; an *issue* is one thing wrong with a file, in words for the clerk who filled it in.
 */
export * from "./template/issue.ts";
export * from "./workbook.ts";
export * from "./cells.ts";
export * from "./mark.ts";
export * from "./measures.ts";
export * from "./pupils.ts";
export type { ListRead } from "./template/list.ts";
export * from "./accounts.ts";
export * from "./surveys.ts";
export * from "./table.ts";
export * from "./report/write.ts";

/** Health, figures about the server itself, and exports of what a table shows. */

import { Type } from "typebox";
import { defineRoute, download } from "./route.ts";
import { nullable, oneOf, record, text } from "./shapes.ts";

const Cell = nullable(Type.Union([Type.String({ maxLength: 4000 }), Type.Number(), Type.Boolean()]));

export const systemRoutes = {
  readHealth: defineRoute({
    part: "system",
    summary: "Whether the server and its database answer.",
    method: "GET",
    path: "/health",
    access: "public",
    reply: record({ status: oneOf(["ok"]), version: Type.String() }),
    errors: [],
  }),
  exportTable: defineRoute({
    part: "system",
    summary: "What a table on the screen shows, as an xlsx file.",
    method: "POST",
    path: "/exports/table",
    access: "signedIn",
    body: record({
      title: text(100, 1),
      columns: Type.Array(
        record({
          header: text(200),
          unit: Type.Optional(text(40)),
          kind: Type.Optional(oneOf(["text", "number", "share", "date"])),
          decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
          /** in characters */
          width: Type.Optional(Type.Integer({ minimum: 2, maximum: 100 })),
        }),
        { minItems: 1, maxItems: 100 },
      ),
      rows: Type.Array(Type.Array(Cell, { maxItems: 100 }), { maxItems: 20_000 }),
      notes: Type.Optional(Type.Array(text(500), { maxItems: 20 })),
      /** marks the sheet as invented data */
      isSample: Type.Boolean(),
    }),
    bodyBytes: 8 * 1024 * 1024,
    reply: download,
    errors: ["BODY_TOO_LARGE", "BUSY", "CSRF_REFUSED"],
  }),
};

import { routes } from "@xingfu/contract";
import type { Deps } from "../deps.ts";
import { mediaTypes } from "../media.ts";
import { version } from "../version.ts";

export function serveSystem({ serve, store, workers }: Deps): void {
  serve(routes.readHealth, async () => {
    await store.ping();
    return { status: "ok" as const, version };
  });

  serve(routes.exportTable, async ({ body }) => {
    const bytes = await workers.run("table", body);
    const mark = body.isSample ? "（示例数据）" : "";
    return { bytes, fileName: `${body.title}${mark}.xlsx`, mediaType: mediaTypes.xlsx };
  });
}

/** The built web app: hashed assets for ever, everything else fresh, any page address answered by the one page. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { apiPrefix } from "@xingfu/contract";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { sendProblem } from "./problem.ts";

/** Shown when the web app has not been built: the API works without it. */
const missingPage = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>幸福</title>
<p>网页尚未构建。请在项目目录运行 <code>npm start</code>，或先构建网页再启动服务。</p></html>`;

const yearSeconds = 31_536_000;

export async function installWeb(app: FastifyInstance, folder: string): Promise<void> {
  const isBuilt = existsSync(join(folder, "index.html"));
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: folder,
      wildcard: false, // only files that exist now; pages fall through to the handler below
      preCompressed: true,
      index: false,
      cacheControl: false,
      setHeaders(reply, path) {
        const isHashed = path.startsWith(join(folder, "assets"));
        reply.header("cache-control", isHashed ? `public, max-age=${yearSeconds}, immutable` : "no-cache");
      },
    });
  }

  app.setNotFoundHandler((request: FastifyRequest, reply: FastifyReply) => {
    const isPage =
      (request.method === "GET" || request.method === "HEAD") &&
      !request.url.startsWith(`${apiPrefix}/`) &&
      !request.url.startsWith("/assets/") &&
      (request.headers.accept ?? "").includes("text/html");
    if (!isPage) return sendProblem(reply, { code: "NOT_FOUND", fields: {} });
    reply.header("cache-control", "no-cache");
    if (!isBuilt) return reply.code(503).type("text/html; charset=utf-8").send(missingPage);
    // the short address of a survey; its key stands behind the # and never comes here
    return reply.sendFile(/^\/s\/?(\?|$)/.test(request.url) ? "answer.html" : "index.html");
  });
}

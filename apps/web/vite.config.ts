import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { build, defineConfig } from "vite";
import type { Plugin } from "vite";

const compressible = /\.(js|css|html|svg|json|txt)$/;

/** Writes a .gz and a .br beside every text file of the build, so that the server never compresses at run time. */
function precompress(): Plugin {
  let folder = "dist";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle: {
      sequential: true,
      async handler() {
        const names = await readdir(folder, { recursive: true });
        for (const name of names.filter((entry) => compressible.test(entry))) {
          const path = join(folder, name);
          const bytes = await readFile(path);
          if (bytes.length < 1024) continue; // a smaller file fits one packet as it is
          await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
          await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params }));
        }
      },
    },
  };
}

/**
 * Builds the page of people who answer a survey beside the app: a program of its own, so that no library of the app comes
 * along, and for browsers of some years ago, because it opens on everybody's phone.
 */
function answerPage(): Plugin {
  let root = "";
  let outDir = "dist";
  return {
    name: "answer-page",
    apply: "build",
    configResolved(config) {
      ({ root } = config);
      ({ outDir } = config.build);
    },
    closeBundle: {
      sequential: true,
      async handler() {
        await build({
          configFile: false,
          root,
          logLevel: "warn",
          publicDir: false,
          build: {
            outDir,
            emptyOutDir: false,
            target: ["es2020", "safari14"],
            modulePreload: { polyfill: false },
            rolldownOptions: { input: join(root, "answer.html") },
          },
        });
      },
    },
  };
}

/** Writes the list of what an inspector's device keeps to open the program without a network: every script and style. */
function offlineList(): Plugin {
  let folder = "dist";
  return {
    name: "offline-list",
    apply: "build",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const names = await readdir(join(folder, "assets"));
      const kept = names.filter((name) => /\.(js|css)$/.test(name)).map((name) => `/assets/${name}`);
      await writeFile(join(folder, "offline.json"), JSON.stringify(["/favicon.svg", ...kept]));
    },
  };
}

/** Where the API of a development trial answers. */
const api = process.env["XINGFU_API"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [react(), answerPage(), offlineList(), precompress()],
  build: {
    sourcemap: false,
    target: "es2022",
    chunkSizeWarningLimit: 1200,
    assetsInlineLimit: 2048,
    // what the first page needs comes as one file; everything else in files by what shares it
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: "first", tags: ["$initial"] }] } } },
  },
  server: { proxy: { "/api": { target: api, changeOrigin: false } } },
  preview: { proxy: { "/api": { target: api, changeOrigin: false } } },
});

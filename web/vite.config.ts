import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const SAMPLE = process.env.VISUNN_DOCUMENT ?? "tests/sample.json";

/** Answers `/document.json` in `npm run dev`, as the server of `visunn serve` does. */
function serveSample(): Plugin {
  return {
    name: "serve-sample",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/document.json", (_request, response) => {
        response.setHeader("Content-Type", "application/json");
        response.end(readFileSync(SAMPLE));
      });
    },
  };
}

/** The script is set inline into a page, where `</script` and `<!--` would end or hide it. */
function keepInline(): Plugin {
  return {
    name: "keep-inline",
    apply: "build",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === "chunk") {
          file.code = file.code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), serveSample(), keepInline()],
  build: {
    target: "es2022",
    outDir: "../visunn_lint/render/viewer",
    emptyOutDir: true,
    cssCodeSplit: false,
    modulePreload: false,
    copyPublicDir: false,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200, // One file, three.js included: the page is set into HTML, not loaded in parts.
    rolldownOptions: {
      input: "src/main.tsx",
      output: {
        codeSplitting: false,
        entryFileNames: "viewer.js",
        assetFileNames: "viewer[extname]",
      },
    },
  },
  test: { include: ["tests/**/*.test.{ts,tsx}"] },
});

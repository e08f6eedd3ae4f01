import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The policy that the desktop shell sets, so that what it would refuse is refused in a browser too.
const policy =
  "default-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'";

export default defineConfig({
  plugins: [svelte()],
  base: "./",
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  preview: { port: 4173, strictPort: true, headers: { "Content-Security-Policy": policy } },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  resolve: { conditions: process.env.VITEST ? ["browser"] : undefined },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/setup.test-env.ts"],
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    testTimeout: 20_000,
  },
});

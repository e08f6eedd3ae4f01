import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const tauri = { group: ["@tauri-apps/*"], message: "Only ipc/ talks to the shell." };
const barred = (folders, message) => ({
  group: folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]),
  message,
});
// Types may be named anywhere; what must not cross a tier is code.
const types = (folders, message) => ({ ...barred(folders, message), allowTypeImports: true });
const tier = (files, ...patterns) => ({
  files: files.map((folder) => `src/${folder}/**/*.{ts,svelte}`),
  ignores: ["**/*.test.ts", "**/*.test-env.ts"],
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns }] },
});

const PAGES = ["manage", "activity", "settings", "sets"];

export default ts.config(
  { ignores: ["dist", "node_modules", "src/ipc/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      "no-undef": "off",
      "no-console": "error",
      eqeqeq: "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "svelte/no-at-html-tags": "error",
      // Collections in state are replaced whole (`$state.raw`), never changed in place.
      "svelte/prefer-svelte-reactivity": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: {
      parserOptions: { extraFileExtensions: [".svelte"], parser: ts.parser, svelteConfig },
    },
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: true }],
      "max-lines-per-function": "off",
      "prefer-const": "off",
      "svelte/prefer-const": "error",
    },
  },
  { files: ["**/*.test.ts"], rules: { "max-lines-per-function": "off" } },
  tier(
    ["lib", "i18n", "keys"],
    tauri,
    types(["ipc"], "This tier is pure: it may name the engine's types, nothing more."),
    barred(["stores", "kit", "pages", "shell"], "lib, i18n and keys stand below everything else."),
  ),
  tier(
    ["kit"],
    tauri,
    barred(["ipc", "stores", "pages", "shell"], "The kit gets data by props and tells by callbacks."),
  ),
  tier(
    ["ipc"],
    barred(["stores", "kit", "pages", "shell"], "ipc knows the engine and nothing of the window."),
  ),
  tier(["stores"], tauri, barred(["kit", "pages", "shell"], "Stores know nothing of what shows them.")),
  ...PAGES.map((page) =>
    tier(
      [`pages/${page}`],
      tauri,
      types(["ipc"], "Pages talk to stores."),
      barred(
        ["shell", "pages/*", ...PAGES.filter((other) => other !== page)],
        "Pages do not know each other or the shell.",
      ),
    ),
  ),
  tier(["shell"], tauri, types(["ipc"], "The shell talks to stores.")),
);

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(process.cwd(), "src");

it("the README lists every test id", () => {
  const readme = readFileSync(join(ROOT, "../README.md"), "utf8");
  const sources = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".svelte") && !path.includes("gallery"),
  );
  const ids = sources.flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/\b(?:data-)?testid(?:=|: )["']([\w-]+)["']/g)].map(
      (match) => match[1] ?? "",
    ),
  );
  expect(new Set(ids).size).toBeGreaterThan(40);
  expect(
    [...new Set(ids)].filter((id) => !readme.includes(`\`${id}\``) && !readme.includes(`\`${id}-<`)),
  ).toEqual([]);
});

// Writes src/document/types.ts from schema/graph-v1.json; `--check` fails where it is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const SCHEMA = new URL("../../schema/graph-v1.json", import.meta.url);
const TYPES = new URL("../src/document/types.ts", import.meta.url);
const BANNER = "// Written by `npm run types` from schema/graph-v1.json.";

/** JSON Schema 2020 as the compiler reads it: tuples in the older spelling, no names for plain fields. */
function respell(node) {
  if (Array.isArray(node)) {
    return node.map(respell);
  }
  if (node === null || typeof node !== "object") {
    return node;
  }
  const { prefixItems, ...rest } = node;
  const spelled = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, respell(value)]));
  if (prefixItems !== undefined) {
    return {
      ...spelled,
      items: respell(prefixItems),
      minItems: prefixItems.length,
      maxItems: prefixItems.length,
    };
  }
  return spelled;
}

const REFERENCE =
  /\n \*\n \* This interface was referenced by `Document`'s JSON-Schema\n \* via the `definition` "\w+"\./g;

const { $defs, ...root } = respell(JSON.parse(readFileSync(SCHEMA, "utf8")));
const schema = { ...$defs[root.$ref.split("/").at(-1)], $defs };
const compiled = await compile(schema, "Document", {
  additionalProperties: false,
  bannerComment: BANNER,
  style: { printWidth: 110 },
});
const types = compiled.replace(REFERENCE, "");
if (process.argv.includes("--check")) {
  if (readFileSync(TYPES, "utf8") !== types) {
    console.error("src/document/types.ts is out of date: run `npm run types`");
    process.exit(1);
  }
} else {
  writeFileSync(TYPES, types);
}

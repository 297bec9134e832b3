// Writes clients/typings.json: what the typings of @wix/bookings say of shapes, limits, enums and error
// codes, read with TypeScript's own parser. `--check` writes nothing, and fails where it is not so.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import ts from "typescript";

const FILE = join(import.meta.dirname, "..", "typings.json");
const WIX = join(import.meta.dirname, "node_modules", "@wix");

const { functions } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "functions.json")));
const modules = [...new Set(functions.map((one) => one.module))];

/** `categoriesV2` is in the package `auto_sdk_bookings_categories-v-2`. */
const kebab = (name) => name.replace(/([A-Z]|\d+)/g, (part) => `-${part.toLowerCase()}`);

/** The statements of a module's typings; some keep most of them in a file beside. */
function sourceOf(module) {
  const name = `auto_sdk_bookings_${kebab(module).replace("-v2", "-v-2")}`;
  const nested = join(WIX, "bookings", "node_modules", "@wix", name);
  const folder = join(existsSync(nested) ? nested : join(WIX, name), "build", "es");
  const files = readdirSync(folder).filter((one) => /(\.typings|universal-\w+)\.d\.mts$/.test(one));
  const text = files
    .sort()
    .map((one) => readFileSync(join(folder, one), "utf8"))
    .join("\n");
  return ts.createSourceFile(`${name}.d.ts`, text, ts.ScriptTarget.Latest, true);
}

/** What the comments say that can be compared: lengths, bounds, sizes. */
const LIMITS = {
  maxLength: "maxLength",
  minLength: "minLength",
  max: "maximum",
  min: "minimum",
  maxSize: "maxItems",
  minSize: "minItems",
};

function limitsOf(node) {
  const found = ts.getJSDocTags(node).flatMap((tag) => {
    const name = LIMITS[tag.tagName.text];
    const value = Number(String(tag.comment ?? "").trim());
    return name && Number.isFinite(value) && String(tag.comment ?? "").trim()
      ? [[name, value]]
      : [];
  });
  return Object.fromEntries(found);
}

const isInternal = (node) => ts.getJSDocTags(node).some((tag) => tag.tagName.text === "internal");

function fieldsOf(declaration) {
  return Object.fromEntries(
    declaration.members
      .filter(ts.isPropertySignature)
      .filter((one) => !isInternal(one))
      .map((one) => {
        const name = one.name.getText().replace(/^_(?=id$|createdDate$|updatedDate$)/, "");
        return [name, limitsOf(one)];
      }),
  );
}

/** A message's fields, those that exclude each other included. */
function messages(source) {
  const all = {};
  for (const one of source.statements) {
    if (!ts.isInterfaceDeclaration(one)) continue;
    const name = one.name.text.replace(/\w+OneOf$/, (whole) => heir(source, whole) ?? whole);
    all[name] = { ...all[name], ...fieldsOf(one) };
  }
  return all;
}

function heir(source, name) {
  const found = source.statements.find(
    (one) =>
      ts.isInterfaceDeclaration(one) &&
      one.heritageClauses?.some((clause) => clause.types.some((type) => type.getText() === name)),
  );
  return found?.name.text;
}

function enums(source) {
  return Object.fromEntries(
    source.statements
      .filter(ts.isEnumDeclaration)
      .map((one) => [one.name.text, one.members.map((member) => member.name.getText())]),
  );
}

/** The codes that a function is refused with, by the name of its type of errors. */
function codes(source) {
  const found = source.statements.filter(
    (one) => ts.isTypeAliasDeclaration(one) && one.name.text.endsWith("ApplicationErrors"),
  );
  return Object.fromEntries(
    found.map((one) => {
      const name = one.name.text.replace(/ApplicationErrors$/, "");
      const literals = [...one.getText().matchAll(/code\?: '([A-Z0-9_-]+)'/g)].map(
        ([, code]) => code,
      );
      return [name[0].toLowerCase() + name.slice(1), literals.sort()];
    }),
  );
}

const read = Object.fromEntries(
  modules.map((module) => {
    const source = sourceOf(module);
    return [module, { codes: codes(source), enums: enums(source), messages: messages(source) }];
  }),
);
const text = `${JSON.stringify(read, null, 1)}\n`;
if (!process.argv.includes("--check")) writeFileSync(FILE, text);
else if (!existsSync(FILE) || readFileSync(FILE, "utf8") !== text) {
  console.error(
    "clients/typings.json is not what the locked packages say: run clients/proof/typings.mjs, then python clients/freshness.py",
  );
  process.exit(1);
}
console.log(`typings of ${modules.length} modules`);

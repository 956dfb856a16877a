import { describe, expect, it } from "vitest";
import { listLicenses } from "../../src/license/catalogue.js";
import { identifyText, normalizeText } from "../../src/license/identify.js";
import { MIT, TEXTS } from "./texts.js";

const ids = (text: string) => identifyText(text).map(({ id }) => id);

describe("identifyText", () => {
  it.each(Object.entries(TEXTS))("%s", (id, text) => {
    expect(ids(text)).toStrictEqual([id]);
  });

  // The title and the version line of each entry, as its text has them.
  const printed = listLicenses().filter(({ fingerprint }) => fingerprint.length > 0);
  it.each(printed.map((entry) => [entry.id, entry] as const))("tells %s from all others by its lines", (id, entry) => {
    const text = entry.fingerprint.map((line) => (typeof line === "string" ? line : line[0])).join("\n");
    const found = ids(text).filter((other) => other !== id);
    expect(ids(text)).toContain(id);
    // Of BSD texts the longer holds the lines of the shorter.
    expect(found).toStrictEqual([]);
  });

  it("sees every modification of MIT", () => {
    expect(ids(`${MIT}\nOur only modification is that you must pay.`)).toStrictEqual(["modified-mit", "modified-mit"]);
    expect(ids(`Modified MIT License\n\n${MIT}`)).toStrictEqual(["modified-mit", "modified-mit"]);
  });

  it("names all licenses of a file that holds several", () => {
    expect(ids(`${TEXTS["apache-2.0"]}\n\n${TEXTS["llama3.1"]}`)).toStrictEqual(["apache-2.0", "llama3.1"]);
  });

  it("wants the version line too", () => {
    expect(ids("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT")).toStrictEqual([]);
    expect(ids("Gemma Terms of Use")).toStrictEqual([]);
    expect(ids("This model is built with Llama and released as open source under Apache.")).toStrictEqual([]);
    expect(ids("")).toStrictEqual([]);
  });

  it("reads a family where no version is told", () => {
    expect(ids("GNU GENERAL PUBLIC LICENSE\nTERMS AND CONDITIONS")).toStrictEqual(["gpl"]);
  });

  it("reads a quarter of a megabyte of anything at once", () => {
    const start = performance.now();
    for (const piece of ["a", " ", "*", "<p ", "\n>", "\u201c"]) ids(piece.repeat(262_144 / piece.length));
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe("normalizeText", () => {
  it("folds what editors and Markdown change", () => {
    expect(normalizeText("# **LLAMA 3.3**\\\n> \u201cAgreement\u201d \u2014 it\u2019s\r\n\tso")).toBe(
      'llama 3.3 "agreement" - it\'s so',
    );
  });
});

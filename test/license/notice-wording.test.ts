import { expect, it } from "vitest";
import { licensesOf, listLicenses } from "../../src/license/catalogue.js";
import { identifyNotice } from "../../src/license/notice.js";
import { noticeWording } from "../../src/license/notice-wording.js";

const wording = (id: string, ...texts: string[]) => {
  const [entry] = licensesOf(id);
  if (entry === undefined) throw new Error(`${id} is not in the table`);
  return noticeWording(entry, texts);
};

it("knows the words of each Llama license", () => {
  expect(wording("llama3.1")).toBe(
    "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. All Rights Reserved.",
  );
  expect(wording("llama3")).toMatch(/^Meta Llama 3 is licensed under the Meta Llama 3 Community License, Copyright © /);
  expect(wording("gemma")).toMatch(/^Gemma is provided under and subject to the Gemma Terms of Use found at ai\./);
  expect(wording("mit")).toBeUndefined();
});

it("takes the words of the very text where it is at hand", () => {
  const text = (quoted: string) =>
    `iii. You must retain in all copies a “Notice” text file: ${quoted}\n iv. Your use ...`;
  // As the license for Hunyuan has them: a name in quotation marks inside, on two lines.
  const tencent =
    "Tencent Hunyuan is licensed under the Tencent Hunyuan Community License Agreement, Copyright © 2025 Tencent. All Rights Reserved. The trademark rights of “Tencent Hunyuan” are owned by Tencent or its affiliate.";
  expect(wording("tencent-hunyuan-community", text(`“${tencent.replace("License ", "License\n  ")}”`))).toBe(tencent);
  const qwen =
    "Qwen is licensed under the Qwen RESEARCH LICENSE AGREEMENT, Copyright (c) 2026 Somebody Else. All Rights Reserved.";
  expect(wording("qwen-research", text(`"${qwen}"; and "more"`))).toBe(qwen);
  const llama =
    "Llama 3.1 is licensed under the Llama 3.1 Community License, Copyright © Meta Platforms, Inc. And more.";
  expect(wording("llama3.1", "another text", text(`“**${llama}**”`))).toBe(llama);
  // Another version's words are not its own.
  expect(wording("llama3", text(`“${llama}”`))).not.toContain("3.1");
});

it("takes no description and no beginning of a wording for the wording", () => {
  expect(wording("flux-1-dev-non-commercial-license")).toBeNull();
  const known = listLicenses().flatMap((entry) => noticeWording(entry, []) ?? []);
  expect(known.length).toBeGreaterThan(15);
  for (const line of known) expect(line).not.toContain("...");
});

it("gives words by which the license is told again", () => {
  for (const entry of listLicenses()) {
    const line = noticeWording(entry, []);
    if (line) expect(identifyNotice(line).map(({ id }) => id)).toContain(entry.id);
  }
});

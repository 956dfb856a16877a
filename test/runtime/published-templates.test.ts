// What oslm tells from the templates of published models: tools, thinking, and whether all that is said is in the prompt.
import { expect, it } from "vitest";
import { renderConversation } from "../../src/runtime/template/conversation.js";
import type { Message } from "../../src/runtime/template/render.js";
import { skillsOf } from "../../src/runtime/template/skills.js";
import { marksOf } from "../../src/runtime/think-marks.js";
import { type Thinking, thinkingOf, thinkingVariables, withoutThinking } from "../../src/runtime/thinking.js";
import { publishedTemplates } from "../support/published-templates.js";
import { templateNames, templateText } from "../support/template-prompts.js";

const templates = publishedTemplates();
/**
 * Their templates go through texts letter by letter, which the engine refuses: they get lists of parts, and the system's text in the first
 * question, where Python has it apart. No llama.cpp loads these models (docs/images.md).
 */
const NOT_TO_THE_LETTER = ["llama3.2-vision:90b", "llama3.2-vision:latest"];
const modelsWith = (holds: (template: string) => boolean) =>
  templates.filter(({ text }) => holds(text)).map(({ model }) => model);

const QUESTION: Message[] = [{ role: "user", content: "why?" }];
const MESSAGES: Message[] = [
  { role: "system", content: "Never shout." },
  { role: "user", content: "first question" },
  { role: "assistant", content: "an answer" },
  { role: "user", content: "second question" },
];
const render = (template: string, messages: readonly Message[], thinking?: Thinking) =>
  renderConversation({
    template,
    messages,
    now: new Date(0),
    bosToken: "<s>",
    eosToken: "</s>",
    variables: thinkingVariables(thinking),
  });

it("has nearly a hundred, and the prompts of each", () => {
  expect(templates.length).toBeGreaterThanOrEqual(90);
  const stored = new Set(templateNames().map(templateText));
  expect(modelsWith((text) => !stored.has(text))).toEqual(NOT_TO_THE_LETTER);
});

it("has all that is said in the prompt, besides the answers that Guardian and ShieldGemma judge alone", () => {
  const all = (template: string) => MESSAGES.every(({ content }) => render(template, MESSAGES).includes(content));
  expect(modelsWith((template) => !all(template))).toEqual(["granite3-guardian:2b", "shieldgemma:27b"]);
});

it("knows which take tools", () => {
  expect(modelsWith((template) => skillsOf(template).tools)).toEqual([
    "cogito:14b",
    "cogito:3b",
    "command-a:111b",
    "command-r7b-arabic:7b",
    "command-r7b:7b",
    "firefunction-v2:70b",
    "glm4:9b",
    "granite3-dense:2b",
    "granite3.1-moe:1b",
    "granite3.2-vision:2b",
    "granite3.2:8b",
    "granite3.3:2b",
    "granite4:350m",
    "granite4:latest",
    "llama3.1:8b",
    "llama3.2-vision:90b",
    "llama3.2-vision:latest",
    "llama3.2:3b",
    "llama4:latest",
    "nemotron-mini:4b",
    "nemotron:70b",
    "phi4-mini-reasoning:3.8b",
    "phi4-mini:3.8b",
    "qwen2.5-coder:1.5b",
    "qwen2.5:0.5b",
    "qwen3-coder:30b",
    "qwen3-next:80b",
    "qwen3:0.6b",
    "qwq:32b",
    "qwq:32b",
    "qwq:32b",
    "rnj-1:latest",
  ]);
});

/** The mark that begins the thinking, and where a prompt leaves it: when nothing is asked, with --think, and with --think=off. */
const THINKING: readonly (readonly [model: string, mark: string, asIs: string, on: string, off: string])[] = [
  // Where off says "may", the switch is all there is to turn: nothing in the prompt asks for thinking.
  ["cogito:14b", "<think>", "may", "may", "may"],
  ["cogito:3b", "<think>", "may", "may", "may"],
  ["command-a:111b", "<|START_THINKING|>", "none", "none", "none"],
  ["command-r7b-arabic:7b", "<|START_THINKING|>", "none", "none", "none"],
  ["command-r7b:7b", "<|START_THINKING|>", "none", "none", "none"],
  ["deepcoder:14b", "<think>", "open", "open", "none"],
  ["deepseek-r1:8b", "<think>", "may", "may", "none"],
  ["deepseek-r1:latest", "<think>", "may", "may", "none"],
  ["deepseek-v3.1:latest", "<think>", "none", "open", "none"],
  ["exaone-deep:2.4b", "<thought>", "open", "open", "none"],
  ["exaone-deep:32b", "<thought>", "open", "open", "none"],
  ["granite3.2:8b", "Here is my thought process:", "may", "may", "may"],
  ["granite3.3:2b", "<think>", "may", "may", "may"],
  ["marco-o1:7b", "<Thought>", "may", "may", "none"],
  ["phi4-reasoning:14b", "<think>", "may", "may", "none"],
  ["qwen3-next:80b", "<think>", "open", "open", "none"],
  ["qwen3:0.6b", "<think>", "may", "may", "none"],
  ["qwq:32b", "<think>", "open", "open", "none"],
  ["qwq:32b", "<think>", "open", "open", "none"],
  ["r1-1776:671b", "<think>", "may", "may", "none"],
];

it("knows how each thinks, and how not", () => {
  const where = (template: string, thinking?: Thinking) => {
    const prompt = render(template, QUESTION, thinking);
    return thinkingOf(thinking === "off" ? withoutThinking(prompt, template) : prompt, template);
  };
  const told = templates
    .filter(({ text }) => skillsOf(text).thinking)
    .map(({ model, text }) => [model, marksOf(text).open, where(text), where(text, "on"), where(text, "off")]);
  expect(told).toEqual(THINKING);
});

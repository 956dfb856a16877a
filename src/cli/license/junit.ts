// Checked licenses as JUnit XML, which CI servers show as tests. There is no standard; this is the form that Jenkins,
// GitLab and GitHub's report actions read: https://github.com/testmoapp/junitxml
import type { Terminal } from "../../ui/terminal.js";
import { reportOf } from "../report.js";
import type { CheckedModel } from "./checked-model.js";
import { renderVerdict } from "./show-verdict.js";
import { xmlLines, xmlText } from "./xml-text.js";

const SUITE = "oslm license";

/** A test for each model: refused ones have failed, those that nothing is known of are errors. */
export function licenseJunit(models: readonly CheckedModel[], terminal: Terminal): string {
  const errors = models.filter(({ license }) => license === undefined).length;
  const failures = models.filter(({ license, failure }) => license !== undefined && failure !== undefined).length;
  const counts = `name="${SUITE}" tests="${models.length}" failures="${failures}" errors="${errors}"`;
  const cases = models.map((model) => testcase(model, { ...terminal, stdoutTty: false })).join("");
  const suite = `  <testsuite ${counts} skipped="0">\n${cases}  </testsuite>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${suite}</testsuites>\n`;
}

function testcase({ name, license, failure }: CheckedModel, terminal: Terminal): string {
  const outcome = failure === undefined ? "" : outcomeOf(license === undefined ? "error" : "failure", failure);
  const evidence = license && `      <system-out>${xmlLines(renderVerdict(license, terminal))}</system-out>\n`;
  const head = `<testcase classname="oslm.license" name="${xmlText(name)}">`;
  return `    ${head}\n${outcome}${evidence ?? ""}    </testcase>\n`;
}

function outcomeOf(tag: "error" | "failure", problem: unknown): string {
  const { code, message, detail, hint } = reportOf(problem);
  const facts = `${detail}\nTry: ${hint}`;
  return `      <${tag} type="${code}" message="${xmlText(message)}">${xmlLines(facts)}</${tag}>\n`;
}

// Which files of a repository hold the text of a license, by their names.

/** `LICENSE`, `LICENSE.md`, `MODEL_LICENSE.txt`, `LICENSE-MODEL`, `COPYING`; in the repository's own folder. */
export function isLicenseText(path: string): boolean {
  return /^(?:[\w-]+[-_ ])?(?:licen[cs]e|copying)(?:[-_ ][\w-]+)?(?:\.(?:txt|md|rst|pdf|html))?$/i.test(path);
}

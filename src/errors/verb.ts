/** The command that was asked; a pull unless given. */
export type Verb = "catalog" | "fit" | "pull" | "run" | "show";
